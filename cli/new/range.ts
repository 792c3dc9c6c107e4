import { checkSpec } from "../../infra/config/parse";
import { ConfigError } from "../../infra/config/problems";
import { projectName, readStackFile } from "../../infra/config/stackFile";

/**
 * The network that the text of a stack's file takes; undefined of one that is broken or describes nothing, which is not for `new` to tell.
 */
export function rangeIn(text: string): string | undefined {
  try {
    const { raw } = readStackFile(text, "");
    return Object.keys(raw).length === 0
      ? undefined
      : checkSpec(raw, { project: projectName, stack: "", secretNames: new Set() }).spec.network.range;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** IPv4 networks in use, as CIDR texts of /24 or wider. */
const third = (range: string): string => range.split(".").slice(0, 3).join(".");

/** The first free /24 of 10.20.0.0/16, so that the new stack runs beside the others on this box. undefined: none is free. */
export function freeRange(used: readonly string[]): string | undefined {
  const taken = new Set(used.map(third));
  const free = Array.from({ length: 256 }, (_, i) => `10.20.${i}`).find((candidate) => !taken.has(candidate));
  return free === undefined ? undefined : `${free}.0/24`;
}
