import type { HostPlan } from "./plan";

/** Where the stack's parts sit in its private network; the first address is the gateway's. */
const offsets = { web: 10, database: 30, backup: 40 } as const;

/**
 * The address at `offset` of an IPv4 CIDR: `addressIn("10.77.0.0/24", 10)` is "10.77.0.10".
 * The range has been checked to be /16 to /28, so small offsets are always inside; /28 ends at 15, hence the modulus.
 */
export function addressIn(range: string, offset: number): string {
  const [base = "", bits = "24"] = range.split("/");
  const size = 2 ** (32 - Number(bits));
  const start = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const address = start + (offset % size);
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** Private address of the `index`-th machine of a role. */
export function privateAddress(range: string, role: keyof typeof offsets, index = 0): string {
  return addressIn(range, offsets[role] + index);
}

/** That of a planned host. @throws Error where the target chooses it, since nothing may claim to know it there */
export function chosenAddress({ name, privateAddress: address }: HostPlan): string {
  if (address === null) throw new Error(`${name}: its private address is the target's choice`);
  return address;
}
