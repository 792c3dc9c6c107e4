import { existsSync, lstatSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { projectName, stackOf } from "../infra/config/stackFile";

/**
 * Commands of the engine that can be told which file is the stack's, with their aliases.
 * https://github.com/pulumi/pulumi/tree/v3.259.0/pkg/cmd/pulumi
 */
const told: ReadonlySet<string> = new Set([
  "config",
  "up",
  "update",
  "preview",
  "pre",
  "refresh",
  "destroy",
  "down",
  "dn",
  "import",
  "watch",
  "logs",
]);

/** Commands of `stack` that look for the file beside Pulumi.yaml, and write it, with their aliases. */
const seeking: ReadonlySet<string> = new Set([
  "new",
  "init",
  "create",
  "setup",
  "change-secrets-provider",
  "rename",
  "remove",
  "rm",
  "delete",
]);

export const takesFile = ([verb = ""]: readonly string[]): boolean => told.has(verb);

/** A command of the engine on a stack whose file is `file`. */
export function withConfigFile(words: readonly string[], file: string): readonly string[] {
  if (!takesFile(words) || words.some((word) => /^--config-file(=|$)/.test(word))) return words;
  // What follows is no option, whatever it looks like.
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  return [...words.slice(0, end), "--config-file", file, ...words.slice(end)];
}

export const seeksFile = ([verb, what = ""]: readonly string[]): boolean => verb === "stack" && seeking.has(what);

/** Whether a command of the engine writes the stack's file. */
export const writesFile = (words: readonly string[]): boolean =>
  seeksFile(words) || (words[0] === "config" && words[1] !== undefined && words[1] !== "get" && !words[1].startsWith("-"));

/** The text of a Pulumi.yaml that is enough for what runs no program. */
const emptyProject = `name: ${projectName}\nruntime: nodejs\n`;

/** Makes a folder that the engine takes for the project's, without a program. */
export function makeProject(folder: string): string {
  writeFileSync(join(folder, "Pulumi.yaml"), emptyProject);
  return folder;
}

/**
 * Lends a folder in which the engine finds the file of a stack that lies elsewhere: by a link, so that what it writes is written there.
 * What it takes away or renames is so afterwards, too. `namesake`: a file that goes by the stack's name as well.
 */
export async function besideFile<Result>(
  stack: string,
  file: string,
  namesake: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = makeProject(mkdtempSync(join(tmpdir(), "webstack-project-")));
  const link = join(folder, `Pulumi.${stack}.yaml`);
  try {
    symlinkSync(file, link);
    const result = await use(folder);
    if (existsSync(file) && lstatSync(link, { throwIfNoEntry: false }) === undefined) {
      const renamed = readdirSync(folder).find((name) => stackOf(basename(name)) !== null);
      if (renamed === undefined) rmSync(file);
      else for (const one of new Set([file, namesake])) renameSync(one, join(dirname(one), renamed));
    }
    return result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
