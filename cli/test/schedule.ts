import type { Suite } from "./suite";

/** How many suites on machines run at once on two cores: together they keep both busy. Two leave something to what computes. */
const machinesAtOnce = 4;
const machinesBesideProcessor = 2;
/** Of those that compute, since some have one process that works and others wait now and then. */
const processorAtOnce = 2;

/**
 * The suites that may start now, given those that wait and those that run. Loads come first, as long as there is something to compute
 * beside them, then the longest. What computes has the lowest priority: it begins where at most two suites on machines run, and no third
 * one comes until it is over, or it would meet its time-outs.
 */
export function startable(waiting: readonly Suite[], running: readonly Suite[]): Suite[] {
  const chosen: Suite[] = [];
  for (const suite of [...waiting].sort(
    (one, other) => one.place.localeCompare(other.place) || besides(one) - besides(other) || other.minutes - one.minutes,
  )) {
    const others = [...running, ...chosen];
    const taken = suite.stack !== undefined && others.some(({ stack }) => stack === suite.stack);
    if (!taken && (suite.place === "machines" ? machinesHaveRoom(suite, others) : processorHasRoom(others))) chosen.push(suite);
  }
  return chosen;
}

const besides = ({ beside = machinesAtOnce - 1 }: Suite): number => beside;
const at = (place: Suite["place"], suites: readonly Suite[]): Suite[] => suites.filter((suite) => suite.place === place);

function machinesHaveRoom(suite: Suite, others: readonly Suite[]): boolean {
  const [machines, computing] = [at("machines", others), at("processor", others)];
  const atOnce = computing.length > 0 ? machinesBesideProcessor : machinesAtOnce;
  return machines.length < atOnce && [suite, ...machines].every((one) => machines.length <= besides(one));
}

function processorHasRoom(others: readonly Suite[]): boolean {
  return at("processor", others).length < processorAtOnce && at("machines", others).length <= machinesBesideProcessor;
}

/** Runs every suite as soon as it may start. `run` must not reject. */
export async function runAll(suites: readonly Suite[], run: (suite: Suite) => Promise<void>): Promise<void> {
  const waiting = new Set(suites);
  const running = new Map<Suite, Promise<void>>();
  while (waiting.size > 0 || running.size > 0) {
    for (const suite of startable([...waiting], [...running.keys()])) {
      waiting.delete(suite);
      running.set(
        suite,
        run(suite).then(() => void running.delete(suite)),
      );
    }
    await Promise.race(running.values());
  }
}
