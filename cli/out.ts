import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { project } from "../tools/setup/folders";
import { UsageError } from "./terminal";

/** Where a verb writes: what follows --out, seen from where the verb was typed. @throws UsageError for other words */
export function outOf(words: readonly string[], usage: string, unlessTold: string): string {
  return seen(onlyOut(words, usage) ?? unlessTold);
}

/**
 * Gives a text to the file that follows --out, or to standard output. npm prints a banner of its own there, which a file must not begin
 * with.
 *
 * @throws UsageError for other words
 */
export function emit(words: readonly string[], usage: string): (text: string) => void {
  const out = onlyOut(words, usage);
  if (out === undefined) return (text) => process.stdout.write(text);
  const file = seen(out);
  return (text) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.error(`Wrote ${file}.`);
  };
}

function onlyOut(words: readonly string[], usage: string): string | undefined {
  try {
    return parseArgs({ args: [...words], options: { out: { type: "string" } } }).values.out;
  } catch (error) {
    throw new UsageError(`${usage}: ${(error as Error).message}`);
  }
}

/** npm changes into the project's folder; people mean the one they are in. */
const seen = (path: string): string => resolve(process.env["INIT_CWD"] ?? project, path);
