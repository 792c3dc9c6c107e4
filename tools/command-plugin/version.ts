/** Of @pulumi/command, the package this plugin stands in for. */
export const version = "1.2.1";
