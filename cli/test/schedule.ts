import type { Place, Suite } from "./suite";

/** How many suites of each place run at once on two cores. */
const atOnce: Readonly<Record<Place, number>> = { machines: 4, alone: 1, processor: 1 };

/** The suites that may start now, given those that wait and those that run; the longest of a place first. */
export function startable(waiting: readonly Suite[], running: readonly Suite[]): Suite[] {
  const chosen: Suite[] = [];
  const some = (place: Place, suites: readonly Suite[]) => suites.some((suite) => suite.place === place);
  for (const suite of [...waiting].sort((one, other) => order[one.place] - order[other.place] || other.minutes - one.minutes)) {
    const others = [...running, ...chosen];
    const full = others.filter(({ place }) => place === suite.place).length >= atOnce[suite.place];
    const taken = suite.stack !== undefined && others.some(({ stack }) => stack === suite.stack);
    const early = suite.place !== "machines" && some("machines", [...waiting, ...running]);
    if (!full && !taken && !early) chosen.push(suite);
  }
  return chosen;
}

const order: Readonly<Record<Place, number>> = { machines: 0, alone: 1, processor: 2 };

/** Runs every suite as soon as it may start. `run` must not reject. */
export async function runAll(suites: readonly Suite[], run: (suite: Suite) => Promise<void>): Promise<void> {
  const waiting = new Set(suites);
  const running = new Map<Suite, Promise<void>>();
  while (waiting.size > 0 || running.size > 0) {
    for (const suite of startable([...waiting], [...running.keys()])) {
      waiting.delete(suite);
      running.set(suite, run(suite).then(() => void running.delete(suite)));
    }
    await Promise.race(running.values());
  }
}
