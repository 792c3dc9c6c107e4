import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { project } from "../tools/setup/folders";
import { UsageError } from "./terminal";

/** Where a verb writes: what follows --out, seen from where the verb was typed. @throws UsageError for other words */
export function outOf(words: readonly string[], usage: string, unlessTold: string): string {
  try {
    const { values } = parseArgs({ args: [...words], options: { out: { type: "string" } } });
    return resolve(process.env["INIT_CWD"] ?? project, values.out ?? unlessTold);
  } catch (error) {
    throw new UsageError(`${usage}: ${(error as Error).message}`);
  }
}
