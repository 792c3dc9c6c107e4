import { isDeepStrictEqual } from "node:util";
import type { Values } from "./kind";

// Both are part of Pulumi's protocol: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const signatureKey = "4dabf18193072939515e22adb298388d";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The value without its wrappers of secrecy, at any depth. */
export function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Values;
  if (entries[signatureKey] === secretSignature) return unwrapped(entries.value);
  return Object.fromEntries(Object.entries(entries).map(([key, inner]) => [key, unwrapped(inner)]));
}

/** Whether the value, or a part of it, will only be known once another resource is made. */
export function isUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

/** Names of the inputs that changed; one that is not known yet counts as changed. */
export function changed<Name extends string>(olds: Values, news: Values, names: readonly Name[]): Name[] {
  return names.filter((name) => isUnknown(news[name]) || !isDeepStrictEqual(olds[name], news[name]));
}

/** Like {@link changed}, but one that is not known yet counts as unchanged: it comes from a resource that is only mended. */
export function surelyChanged<Name extends string>(olds: Values, news: Values, names: readonly Name[]): Name[] {
  return changed(olds, news, names).filter((name) => !isUnknown(news[name]));
}
