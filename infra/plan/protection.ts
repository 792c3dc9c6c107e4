import type { StackSpec } from "../config/spec";

/** Whether what holds data, or what the world knows the site by, outlives a mistake. */
export const isProtected = ({ protect }: Pick<StackSpec, "protect">): boolean => protect === "data";

/** The two commands after which a protected stack may be deleted. */
export const allowingCommands = (stack: string): readonly [string, string] => [
  `npm run pulumi -- ${stack} config set protect nothing`,
  `npm run up -- ${stack}`,
];
