/**
 * Stands for npm's dependency tree. Pulumi's SDK loads that with every program, and asks it only which packages go along with a function that is sent to a cloud:
 * https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/closure/codePaths.ts. This program sends none.
 */
exports.Arborist = class {
  constructor() {
    throw new Error("a function cannot be sent to a cloud by this program: tools/pulumi/closures stands for @npmcli/arborist; take it out of package.json to send one");
  }
};
