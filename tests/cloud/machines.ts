import { buildImage, type Recipe } from "../../providers/nspawn/image";
import type { Kind, Values } from "../../providers/nspawn/kind";
import { limit } from "../../providers/nspawn/cgroup";
import { machine } from "../../providers/nspawn/machine";
import { bridgeName, network } from "../../providers/nspawn/network";
import { addressAt, parseAddress, parseRange } from "../../providers/nspawn/range";
import { isRunning, removeMachine, start, stop } from "../../providers/nspawn/running";
import { record } from "../machines/record";
import { storedMachine, storeMachine, type StoredMachine } from "../../providers/nspawn/store";

/** A virtual private network: one bridge of this box, whatever subnets it is cut into. */
export interface Network {
  /** Unique on the box. */
  readonly name: string;
  readonly range: string;
}

export interface Size {
  readonly memoryMiB: number;
  readonly cpus: number;
}

export interface Machine extends Size {
  /** Unique on the box; also its host name. */
  readonly name: string;
  readonly address: string;
  readonly userData: string;
  readonly recipe: Recipe;
}

/** @throws every fault of the inputs, as the provider of this box's machines words them. */
function checked(kind: Kind, values: Values): Values {
  const failures = kind.check(values);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  return values;
}

export async function createNetwork({ name, range }: Network): Promise<void> {
  await network.create(checked(network, { name, range }));
}

/** With every machine on it. */
export async function deleteNetwork({ name, range }: Network): Promise<void> {
  await network.delete({ name, range });
}

/** Boots a machine of the network; resolves when its SSH server answers. */
export async function createMachine(on: Network, { recipe, ...made }: Machine): Promise<void> {
  const image = await buildImage(recipe, () => undefined);
  const gateway = addressAt(rangeOf(on), 1);
  record({ boots: 1 });
  await machine.create(checked(machine, { ...made, suite: recipe.suite, image, bridge: bridgeName(on.name), gateway, range: on.range }));
}

/** Switched off, given the size, switched on, as clouds resize a machine; resolves before it serves. Leaves one alone that has the size. */
export async function resizeMachine(name: string, size: Size): Promise<void> {
  const other = resized(name, size);
  if (other === null) return;
  await stop(name);
  record({ boots: 1 });
  start(other);
}

/** Gives a machine the size while it runs. @returns whether it had another one */
export function growMachine(name: string, size: Size): boolean {
  const other = resized(name, size);
  if (other !== null) limit(name, other.memoryMiB, other.cpus);
  return other !== null;
}

/** Notes the size; null for a machine that has it. */
function resized(name: string, { memoryMiB, cpus }: Size): StoredMachine | null {
  const stored = storedMachine(name);
  if (stored === undefined) throw new Error(`machine ${name} is gone from this box`);
  if (stored.memoryMiB === memoryMiB && stored.cpus === cpus) return null;
  const other = { ...stored, memoryMiB, cpus };
  storeMachine(other);
  return other;
}

export { isRunning, removeMachine as deleteMachine };

/** The first address of `within` that no machine has. The first of the network is its gateway's; clouds keep a few more. */
export function freeAddress(within: string, taken: readonly string[]): string {
  const range = parseRange(within);
  if (range === undefined) throw new Error(`must be an IPv4 range, got ${within}`);
  const others = taken.map(parseAddress);
  for (let address = range.first + 4; address < range.last; address++) {
    if (!others.includes(address)) return addressAt(range, address - range.first);
  }
  throw new Error(`every address of ${within} is taken`);
}

function rangeOf({ range }: Network) {
  const parsed = parseRange(range);
  if (parsed === undefined) throw new Error(`must be an IPv4 range, got ${range}`);
  return parsed;
}
