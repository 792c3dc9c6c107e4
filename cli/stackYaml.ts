import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";

import { project } from "../tools/setup/folders";
import { readStackFile } from "./review/stackFile";
import { UsageError } from "./terminal";

/** The file of a stack. */
export const stackFileOf = (stack: string, folder = project): string => join(folder, `Pulumi.${stack}.yaml`);

/** What is wrong with a text that should be YAML, in a line that names the line; null where nothing is. */
export function yamlProblem(file: string, text: string): string | null {
  const [error] = parseDocument(text).errors;
  if (error === undefined) return null;
  const line = error.linePos?.[0].line ?? 1;
  const [what = ""] = error.message.split(/ at line \d+/);
  return `${file}, line ${line}: must be YAML, got ${JSON.stringify(text.split("\n")[line - 1]?.trim() ?? "")}; ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
}

/** @throws UsageError where the stack's file is there and is no YAML, which the engine would say of a file of its own */
export function requireYaml(stack: string): void {
  const file = stackFileOf(stack);
  const problem = existsSync(file) ? yamlProblem(basename(file), readFileSync(file, "utf8")) : null;
  if (problem !== null) throw new UsageError(problem);
}

/** Whether a stack is one of this box, by its file; one that cannot be read is taken for another. */
export function isLocal(stack: string): boolean {
  const file = stackFileOf(stack);
  return existsSync(file) && readStackFile(readFileSync(file, "utf8")).raw["target"] === "local";
}
