import { load } from "../tests/machines/load";
import { addRelease, moveReleases } from "../tests/machines/moves";
import { TestStack } from "../tests/machines/stack";
import type { Table } from "./table";

const rate = 200;
const duration = 45;

/** How long requests wait while releases change under them, beside the same load on a site that nobody touches. */
export async function benchReleases(): Promise<readonly Table[]> {
  const stack = new TestStack("moves", "10.84.5.0/24", undefined, { rsaHostKey: true });
  try {
    await stack.init();
    await stack.mustUp();
    const pair = await addRelease(stack);
    const url = `${(await stack.outputs()).siteUrl}products`;
    const still = await load(url, rate, duration);
    const [moving] = await Promise.all([load(url, rate, duration), moveReleases(stack, pair, 10)]);
    const ms = (value: number) => `${value.toFixed(0)} ms`;
    const rows = [["untouched", still] as const, ["ten releases and rollbacks", moving] as const].map(([name, found]) => [
      name,
      String(found.requests),
      String(found.failed + found.dropped),
      ms(found.p50),
      ms(found.p99),
      ms(found.max),
    ]);
    return [
      {
        title: "Ten releases and rollbacks under 200 requests a second",
        columns: ["site", "requests", "failed or never sent", "p50", "p99", "longest"],
        rows,
        note:
          `A page of the database, constant arrival rate for ${duration} s each; the load generator runs on the same two cores. Aim: ` +
          "longest under 300 ms.",
      },
    ];
  } finally {
    await stack.down();
  }
}
