import { appendFileSync } from "node:fs";

/** Something that a test asked of the box. Times in seconds. */
export interface Use {
  /** Machines that were started. */
  readonly boots?: number;
  /** How long requests were sent at a constant rate. */
  readonly load?: number;
  /** A stack that another suite had brought up. */
  readonly shared?: string;
}

/** Writes down what a test asked of the box, for `npm test`, which adds it up and holds each suite to tests/costs.ts. */
export function record(use: Use): void {
  const file = process.env.WEBSTACK_TEST_RECORD;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(use)}\n`);
}
