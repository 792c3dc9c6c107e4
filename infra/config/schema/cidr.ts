import { isIP, isIPv6 } from "node:net";

export interface Cidr {
  readonly family: 4 | 6;
  /** The address as a number. */
  readonly address: bigint;
  readonly prefix: number;
}

/** An IPv4 or IPv6 network without host bits, or undefined. */
export function parseCidr(text: string): Cidr | undefined {
  const { 0: address = "", 1: prefix = "", length } = text.split("/");
  const family = isIP(address);
  if (length !== 2 || (family !== 4 && family !== 6) || !/^(0|[1-9]\d{0,2})$/.test(prefix) || address.includes("%")) return undefined;
  const bits = family === 4 ? 32 : 128;
  const network = { family, address: toNumber(address), prefix: Number(prefix) } as const;
  return network.prefix <= bits && networkAddress(network) === network.address ? network : undefined;
}

/** Says how to write what was nearly a network: the prefix that is missing, or the address without its host bits. */
export function cidrHint(value: unknown): string | undefined {
  const { 0: address = "", 1: prefix } = String(value).split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%")) return undefined;
  const bits = family === 4 ? 32 : 128;
  if (prefix === undefined) return `write ${address}/${bits}`;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return `a prefix is a number from 0 to ${bits}`;
  const network = networkAddress({ family: family as 4 | 6, address: toNumber(address), prefix: Number(prefix) });
  return family === 4 ? `write ${toDotted(network)}/${Number(prefix)}` : "the bits after the prefix must be 0";
}

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap((range) => parseCidr(range) ?? []);

/** Inside one of the ranges of RFC 1918. */
export function isPrivate({ family, address, prefix }: Cidr): boolean {
  return (
    family === 4 &&
    privateRanges.some((range) => prefix >= range.prefix && networkAddress({ family, address, prefix: range.prefix }) === range.address)
  );
}

/** The first host of an IPv4 network, as a network of its own: where the box itself stands in a network of local machines. */
export function gatewayOf(range: string): string {
  const cidr = parseCidr(range);
  return cidr === undefined ? range : `${toDotted(cidr.address + 1n)}/32`;
}

function networkAddress({ family, address, prefix }: Cidr): bigint {
  const free = BigInt((family === 4 ? 32 : 128) - prefix);
  return (address >> free) << free;
}

const toDotted = (address: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join(".");

function toNumber(address: string): bigint {
  if (!isIPv6(address)) return address.split(".").reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  // RFC 4291, 2.2: "::" stands for the missing groups, and the last two may be written as an IPv4 address.
  const hex = address.replace(
    /\d+\.\d+\.\d+\.\d+$/,
    (dotted) => `${(toNumber(dotted) >> 16n).toString(16)}:${(toNumber(dotted) & 0xffffn).toString(16)}`,
  );
  const [head = "", tail] = hex.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const before = groups(head);
  const after = groups(tail ?? "");
  const middle = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...middle, ...after].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}
