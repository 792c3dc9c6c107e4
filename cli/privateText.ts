import { isDeepStrictEqual } from "node:util";
import { parseDocument, stringify } from "yaml";

import { fullKey, isSecret } from "../infra/config/stackFile";
import { keptText } from "./keepText";

type Values = Readonly<Record<string, unknown>>;

/** What opens the secrets of a file; it goes with them. */
const openers: readonly string[] = ["secretsprovider", "encryptedkey", "encryptionsalt"];

const valuesOf = (text: string | null): Values => (text === null ? {} : ((parseDocument(text).toJS() as Values | null) ?? {}));
const configOf = (values: Values): Values => (values["config"] ?? {}) as Values;
const pick = (values: Values, keep: (key: string, value: unknown) => boolean): Values =>
  Object.fromEntries(Object.entries(values).filter(([key, value]) => keep(key, value)));
const secretsOf = (values: Values): Values => pick(configOf(values), (_key, value) => isSecret(value));
const settingsOf = (values: Values): Values => pick(configOf(values), (_key, value) => !isSecret(value));
const openerOf = (values: Values): Values => pick(values, (key) => openers.includes(key));

/** With strings in quotes: what is one to us must not be a date to the engine. */
const asYaml = (values: Values): string => stringify(values, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 });

/**
 * What the engine reads of a stack of this box: the settings that its own file says, and the secrets that this box keeps apart from it.
 * What its own file has of secrets comes along, but for what opens none.
 *
 * @param described text of Pulumi.STACK.yaml
 * @param kept what was kept apart before; null for nothing
 */
export function wholeText(described: string, kept: string | null): string {
  const [now, old] = [valuesOf(described), valuesOf(kept)];
  const opener = Object.keys(openerOf(old)).length > 0 ? openerOf(old) : openerOf(now);
  const config = { ...settingsOf(now), ...secretsOf(now), ...secretsOf(old) };
  const others = pick(now, (key) => !openers.includes(key));
  return keptText(described, asYaml({ ...others, ...(Object.keys(config).length === 0 ? {} : { config }), ...opener }));
}

/** A stack's own file without what is kept apart. */
export function describingText(described: string): string {
  const now = valuesOf(described);
  if (Object.keys({ ...openerOf(now), ...secretsOf(now) }).length === 0) return described;
  return keptText(described, asYaml({ ...pick(now, (key) => !openers.includes(key)), config: settingsOf(now) }));
}

/** Names of secrets that a stack's own file has otherwise than they are kept apart, so that nobody can tell which its hosts run with. */
export function contradictions(described: string, kept: string): readonly string[] {
  const [now, old] = [valuesOf(described), valuesOf(kept)];
  const [theirs, ours] = [secretsOf(now), secretsOf(old)];
  const sameOpener = Object.keys(openerOf(old)).length === 0 || isDeepStrictEqual(openerOf(now), openerOf(old));
  return Object.entries(theirs)
    .filter(([key, value]) => !sameOpener || (ours[key] !== undefined && !isDeepStrictEqual(ours[key], value)))
    .map(([key]) => fullKey(key).split(":").at(-1) ?? key);
}

/** `described` with the settings that an engine changed, which wrote `after` where `before` was. */
export function withSettings(described: string, before: string, after: string): string {
  const [old, now] = [settingsOf(valuesOf(before)), settingsOf(valuesOf(after))];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => !isDeepStrictEqual(old[key], now[key]));
  if (changed.length === 0) return described;
  const values = valuesOf(described);
  const config = { ...pick(configOf(values), (key) => !changed.includes(key)), ...pick(now, (key) => changed.includes(key)) };
  return keptText(described, asYaml({ ...values, config }));
}
