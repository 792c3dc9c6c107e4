import type { Problem } from "../config/problems";
import { targetDefaults } from "../config/targets";
import type { HostPlan, Role, StackPlan } from "./plan";

/** Neighbouring places of a range, counted from its start. */
interface Run {
  readonly first: number;
  /** Whether the next one is behind the one before, or in front of it. */
  readonly step: 1 | -1;
  readonly count: number;
}

/**
 * Where the machines of a role stand in a range of `size` addresses, in the order of their numbers. A machine keeps its address for life,
 * so a block grows at its end alone. The first address is the gateway's, the last one everybody's. Ranges of /27 and /28 end before 30 or
 * 40, where they begin anew.
 */
const blocks: Readonly<Record<Role, (size: number) => readonly Run[]>> = {
  web: (size) => [
    { first: 10, step: 1, count: (29 % size) - 10 },
    { first: 64, step: 1, count: Math.max(0, size - 65) },
  ],
  // In front of the first is a second one while the data move there.
  database: (size) => [{ first: 30 % size, step: -1, count: 2 }],
  backup: (size) => [{ first: 40 % size, step: 1, count: 1 }],
};

/** The address at `offset` of an IPv4 CIDR: `addressIn("10.77.0.0/24", 10)` is "10.77.0.10". */
export function addressIn(range: string, offset: number): string {
  const [base = ""] = range.split("/");
  const address = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** Where the box itself stands in a network of local machines, as a network of one address. */
export const gatewayIn = (range: string): string => `${addressIn(range, 1)}/32`;

/** How many machines of a role have a place in a range, an IPv4 CIDR of /16 to /28. */
export const roomFor = (range: string, role: Role): number => runsOf(range, role).reduce((sum, { count }) => sum + count, 0);

/** Address of the `index`-th machine of a role; undefined where its block is full. */
export function addressOf(range: string, role: Role, index: number): string | undefined {
  let left = index;
  for (const { first, step, count } of runsOf(range, role)) {
    if (left < count) return addressIn(range, first + step * left);
    left -= count;
  }
  return undefined;
}

function runsOf(range: string, role: Role): readonly Run[] {
  const [, bits = "24"] = range.split("/");
  return blocks[role](2 ** (32 - Number(bits)));
}

/** Groups that are larger than their block of the stack's range, where the target leaves the addresses to us. */
export function addressProblems({ spec, groups }: Pick<StackPlan, "spec" | "groups">): readonly Problem[] {
  const { range } = spec.network;
  if (!targetDefaults[spec.target].choosesAddresses) return [];
  return groups
    .filter(({ role, size }) => size > roomFor(range, role))
    .map(({ role, size }) => ({
      at: "network.range",
      must: `must have room for ${size} ${role} machines, and this one has it for ${roomFor(range, role)}`,
      got: range,
      hint: "take a larger range, such as one of /24",
    }));
}

/** The address of a planned host. @throws Error where the target chooses it, since nothing may claim to know it there */
export function chosenAddress({ name, address }: HostPlan): string {
  if (address === null) throw new Error(`${name}: its private address is the target's choice`);
  return address;
}
