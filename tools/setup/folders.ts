import { createHash } from "node:crypto";
import { accessSync, constants, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** Folder of the project: of Pulumi.yaml and package.json. */
export const project = join(__dirname, "..", "..");

/** What can be made again. https://specifications.freedesktop.org/basedir-spec/latest/ */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "webstack");
}

/** A folder of the cache that is named by what these files hold: what they say otherwise is made elsewhere. */
export function cachedFor(name: string, files: readonly string[]): string {
  const sum = createHash("sha256");
  for (const file of files) sum.update(readFileSync(file));
  return join(cacheFolder(), name, sum.digest("hex").slice(0, 16));
}

/** What must not be lost, such as the state of the stacks. */
export function dataFolder(): string {
  return join(process.env["XDG_DATA_HOME"] || join(homedir(), ".local", "share"), "webstack");
}

export function configFolder(): string {
  return join(process.env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "webstack");
}

/** The program of that name on PATH; null when there is none. */
export function findProgram(name: string, path = process.env["PATH"] ?? ""): string | null {
  for (const folder of path.split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
