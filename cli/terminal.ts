import { ConfigError } from "../infra/config/problems";
import { Failed } from "../tools/setup/process";
import { SetUpError } from "../tools/setup/step";

/** The user asked for something that cannot be done; the message is for people. */
export class UsageError extends Error {}

/** Runs a verb; its result is the exit status. Errors that are meant for people end in one line, others with their trace. */
export function main(verb: () => Promise<number>): void {
  new Promise<number>((ended) => ended(verb())).then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      const known = error instanceof Failed || error instanceof SetUpError || error instanceof UsageError || error instanceof ConfigError;
      console.error(known ? `webstack: ${error.message}` : error);
      process.exitCode = error instanceof Failed ? error.status : 1;
    },
  );
}

/** The words after the file name: the stack's name when the first one is no option, and the rest. */
export function stackAndRest(words: readonly string[] = process.argv.slice(2)): { readonly stack: string; readonly rest: readonly string[] } {
  const [first] = words;
  return first === undefined || first.startsWith("-") ? { stack: "local", rest: words } : { stack: first, rest: words.slice(1) };
}

/** Lines with their second columns under each other. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}
