import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";

import { privatePath, readStackFile, requireStackFile, stackOf, type StackFile } from "../infra/config/stackFile";
import { project } from "../tools/setup/folders";
import { wholeText } from "./privateText";
import { UsageError } from "./terminal";

/**
 * Paths of all stack files, by the stack: in the project's folder, where the engine looks for them, or beside an example that they
 * describe.
 */
function stackFiles(folder: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const place of ["", ...foldersIn(join(folder, "examples")).map((name) => join("examples", name))]) {
    for (const name of readdirSync(join(folder, place))) {
      const stack = stackOf(name);
      if (stack !== null) found.set(stack, [...(found.get(stack) ?? []), join(place, name)]);
    }
  }
  return found;
}

const foldersIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];

/** Names of the stacks that have a file. */
export const describedStacks = (folder = project): readonly string[] => [...stackFiles(folder).keys()];

/**
 * The file of a stack; where there is none, the place that one would have.
 *
 * @throws UsageError where there are two: what one says would be true for some and not for others
 */
export function stackFileOf(stack: string, folder = project): string {
  const [file = `Pulumi.${stack}.yaml`, ...more] = stackFiles(folder).get(stack) ?? [];
  if (more.length > 0)
    throw new UsageError(
      `stack ${stack} must have one file, got ${[file, ...more].join(" and ")}; rename one of them, which makes it another stack`,
    );
  return join(folder, file);
}

/** Where this box keeps what opens the secrets of a stack of its own, and those: git ignores that folder. */
export const privateFileOf = (stack: string, folder = project): string => join(folder, privatePath(stack));

/** Path below the project of the file that has the secrets of a stack, for people. */
export const secretsFileOf = (stack: string): string => relative(project, isLocal(stack) ? privateFileOf(stack) : stackFileOf(stack));

/** The text of a stack's file, with what this box keeps of it to itself. @throws as {@link readStack} */
export function textOf(stack: string, folder = project): string {
  const file = stackFileOf(stack, folder);
  const described = readFileSync(file, "utf8");
  const apart = privateFileOf(stack, folder);
  if (!existsSync(apart)) return described;
  // Its lines are those of the file only as long as nothing is added.
  requireStackFile(described, basename(file));
  return wholeText(described, readFileSync(apart, "utf8"));
}

/** @throws ConfigError with the faults of the file's text; that of the system where it is not there */
export const readStack = (stack: string, folder = project): StackFile =>
  readStackFile(textOf(stack, folder), basename(stackFileOf(stack, folder)));

/** @throws ConfigError where the stack's file is there and cannot be read, which the engine would say of a file of its own */
export function requireReadable(stack: string): void {
  const file = stackFileOf(stack);
  if (existsSync(file)) requireStackFile(readFileSync(file, "utf8"), basename(file));
}

/** Whether a stack is one of this box, by its file; one that has none is taken for another. */
export function isLocal(stack: string): boolean {
  const file = stackFileOf(stack);
  return existsSync(file) && readStackFile(readFileSync(file, "utf8"), basename(file)).raw["target"] === "local";
}
