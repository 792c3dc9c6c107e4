import { ConfigError } from "../infra/config/problems";
import { SourceError } from "../infra/release/source";
import { Failed } from "../tools/setup/process";
import { SetUpError } from "../tools/setup/step";
import { helpAsked } from "./verbs";

/** The user asked for something that cannot be done; the message is for people. */
export class UsageError extends Error {}

/**
 * Runs a verb, or says what it does where its words ask for that; its result is the exit status. Errors that are meant for people end in
 * one line, others with their trace.
 */
export function main(verb: () => Promise<number>): void {
  const help = helpAsked(process.argv.slice(2));
  if (help !== null) {
    console.log(help);
    return;
  }
  new Promise<number>((ended) => ended(verb())).then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      const known =
        error instanceof Failed ||
        error instanceof SetUpError ||
        error instanceof UsageError ||
        error instanceof ConfigError ||
        error instanceof SourceError;
      console.error(known ? `webstack: ${error.message}` : error);
      process.exitCode = error instanceof Failed ? error.status : 1;
    },
  );
}

/** Lines with their second columns under each other. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
}
