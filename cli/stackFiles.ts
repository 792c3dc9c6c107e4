import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { readStackFile, requireStackFile, stackOf, type StackFile } from "../infra/config/stackFile";
import { project } from "../tools/setup/folders";

/** The file of a stack. */
export const stackFileOf = (stack: string, folder = project): string => join(folder, `Pulumi.${stack}.yaml`);

/** Names of the stacks that have a file in the project's folder. */
export const describedStacks = (folder = project): readonly string[] => readdirSync(folder).flatMap((file) => stackOf(file) ?? []);

/** @throws ConfigError with the faults of the file's text; that of the system where it is not there */
export function readStack(stack: string, folder = project): StackFile {
  const file = stackFileOf(stack, folder);
  return readStackFile(readFileSync(file, "utf8"), basename(file));
}

/** @throws ConfigError where the stack's file is there and cannot be read, which the engine would say of a file of its own */
export function requireReadable(stack: string): void {
  const file = stackFileOf(stack);
  if (existsSync(file)) requireStackFile(readFileSync(file, "utf8"), basename(file));
}

/** Whether a stack is one of this box, by its file; one that has none is taken for another. */
export const isLocal = (stack: string): boolean => existsSync(stackFileOf(stack)) && readStack(stack).raw["target"] === "local";
