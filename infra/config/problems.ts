/** One fault of a description: where it is, what must hold there, what was found, and how to mend it. */
export interface Problem {
  /** Config path, such as `services.web.workers`. */
  readonly at: string;
  /** Completes "must ..." or states the fault; lower case, no full stop. */
  readonly must: string;
  /** The value got, as the user wrote it. Never set for a secret. */
  readonly got?: unknown;
  /** The mend, as a command or a line of YAML. */
  readonly hint?: string;
  /** A fault of the machine that runs the program, whatever the description says. */
  readonly ofBox?: true;
}

/** `services.web.workers: must be a whole number from 1 to 64, got "three"; write 3`. */
export function problemLine({ at, must, got, hint }: Problem): string {
  const value = got === undefined ? "" : `, got ${shown(got)}`;
  return `${at}: ${must}${value}${hint === undefined ? "" : `; ${hint}`}`;
}

/** A value as JSON, cut where it would drown the message. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 100 ? text : `${text.slice(0, 100)}...`;
}

/** All faults of one stack file at once, in the order of their paths. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];
  // The engine prints the message of an error with this mark and leaves the call stack out: the fault is not in the program.
  // https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/errors.ts
  readonly __pulumiRunError = true;

  constructor(file: string, problems: readonly Problem[]) {
    const sorted = [...problems].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const count = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
    super([`${file}: ${count}`, ...sorted.map((p) => `  ${problemLine(p)}`)].join("\n"));
    this.name = "ConfigError";
    this.problems = sorted;
  }
}
