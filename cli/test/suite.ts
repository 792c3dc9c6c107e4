/** How many tests of a suite passed and failed. A check without tests of its own, such as the compiler, counts as one. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** One test that ran. */
export interface Ran {
  readonly name: string;
  /** Of its tests' file, relative to the project. */
  readonly file: string;
  readonly milliseconds: number;
  /** What the runner says of its failure; null for one that passed. */
  readonly failure: string | null;
}

export interface Result extends Count {
  /** Tests by name, where the suite tells them apart. */
  readonly tests: readonly Ran[];
  /** Everything that was printed. */
  readonly output: string;
}

/**
 * What a suite mostly does. `machines`: it boots machines and waits for them, so some run at once. `processor`: it computes, and takes what
 * others leave of the processors.
 */
export type Place = "processor" | "machines";

/** What a suite is run with. */
export interface Asked {
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Is told what the suite says, while it says it. */
  print(text: string): void;
}

/** What `npm test` runs and counts as one: a check, a level of jest, or the tests of one file on machines. */
export interface Suite {
  /** "types", "pure", "machines/site". */
  readonly name: string;
  readonly place: Place;
  /** As a full run last took, in minutes; the longest start first. */
  readonly minutes: number;
  /**
   * How many others on machines may run beside it; as many as run at once unless told otherwise. Fewer for one that counts what fails under
   * load.
   */
  readonly beside?: number;
  /** Of the stack that it shares with other suites; those that share one take turns. */
  readonly stack?: string;
  /** Whether only `npm run faults` runs it, and who names it. */
  readonly night?: boolean;
  /** Files of tests, relative to the project; empty for a check that has none. */
  readonly files: readonly string[];
  run(asked: Asked): Promise<Result>;
  /** The same with only some of its files. */
  narrowed?(files: readonly string[]): Suite;
}

/** Adds counts up. */
export function sum(counts: readonly Count[]): Count {
  return counts.reduce((total, { passed, failed }) => ({ passed: total.passed + passed, failed: total.failed + failed }), {
    passed: 0,
    failed: 0,
  });
}
