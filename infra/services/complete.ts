import type { Keys } from "../config/schema/section";
import type { ServiceSpec } from "../config/spec";
import { connectionsOf, kindOf } from ".";
import type { Said } from "./kind";

/** A service as its stack file describes it. */
type Described = readonly [name: string, said: { readonly kind: string } & Said<Keys>];

interface Limits {
  /** Cores of the host. */
  readonly cpus: number;
  /** How many jobs there are; each may hold a connection to the database. */
  readonly jobs: number;
  /** How many the database has for services and jobs; null where it does not limit them. */
  readonly connections: number | null;
}

/** More threads than these wait for each other, not for the database. */
const mostThreads = 16;

/** Fills in the defaults of all services, in the order of the file. */
export function completeServices(said: readonly Described[], { cpus, jobs, connections }: Limits): readonly ServiceSpec[] {
  const withThreads = (threads: number) =>
    said.map(([name, { kind, ...keys }]): ServiceSpec => ({ name, kind, ...kindOf({ name, kind }).complete(keys, { cpus, threads }) }));
  if (connections === null) return withThreads(mostThreads);
  // What those that name no number of threads may share: the connections that are left, by how many one thread more takes.
  const [none, one] = [connectionsOf(withThreads(0), jobs), connectionsOf(withThreads(1), jobs)];
  return withThreads(one === none ? mostThreads : Math.max(1, Math.min(mostThreads, Math.floor((connections - none) / (one - none)))));
}
