import type { FaultSite } from "./site";
import type { Sample } from "./traffic";

/** One thing that goes wrong: a row of the fault table. */
export interface Fault {
  readonly name: string;
  /** How it is brought about, for the table. */
  readonly how: string;
  /** Whether visitors may notice at all: "none" of their requests fails, or some do while it lasts. */
  readonly fails: "none" | "some";
  /** Seconds for which it may take requests down; only where `fails` is "some". */
  readonly seconds?: number;
  /**
   * Brings it about, sees it, and leaves the site as it was found.
   * @returns how it was seen, for the table
   * @throws AssertionError when the site does not meet it as it must
   */
  run(site: FaultSite): Promise<string>;
  /** What must hold of the requests meanwhile, beside how many fail. @throws AssertionError */
  judge?(samples: readonly Sample[]): void;
}

/** What a fault cost. */
export interface Outcome {
  readonly requests: number;
  readonly failed: number;
  /** Longest wait for an answer, in milliseconds. */
  readonly longest: number;
  /** From the start of the first request that failed to the end of the last, in seconds; 0 when none did. */
  readonly seconds: number;
  /** Orders that were acknowledged meanwhile, and how many of those are not in the database afterwards. */
  readonly orders: number;
  readonly lost: number;
  readonly seen: string;
}
