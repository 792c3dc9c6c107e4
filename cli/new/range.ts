/** IPv4 networks in use, as CIDR texts of /24 or wider. */
const third = (range: string): string => range.split(".").slice(0, 3).join(".");

/** The first free /24 of 10.20.0.0/16, so that the new stack runs beside the others on this box. undefined: none is free. */
export function freeRange(used: readonly string[]): string | undefined {
  const taken = new Set(used.map(third));
  const free = Array.from({ length: 256 }, (_, i) => `10.20.${i}`).find((candidate) => !taken.has(candidate));
  return free === undefined ? undefined : `${free}.0/24`;
}
