/** An IPv4 network: first and last address as whole numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

const decimal = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const quad = new RegExp(`^${decimal}(\\.${decimal}){3}$`);

/** "10.77.0.10" as a whole number; undefined for anything else. */
export function parseAddress(text: string): number | undefined {
  return quad.test(text) ? text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) : undefined;
}

/** "10.77.0.0/24", or one address alone; undefined for anything else, and for a base that has bits outside its mask. */
export function parseRange(text: string): Range | undefined {
  const [base = "", mask = "32", ...rest] = text.split("/");
  const first = parseAddress(base);
  const bits = Number(mask);
  if (first === undefined || rest.length > 0 || !/^\d{1,2}$/.test(mask) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  return first % size === 0 ? { first, last: first + size - 1, bits } : undefined;
}

export function overlap(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** The address at `offset` of a range: 1 is the gateway's. */
export function addressAt(range: Range, offset: number): string {
  const address = range.first + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
