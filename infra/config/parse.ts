import { complete } from "./defaults";
import { keys, type Description } from "./keys";
import { ConfigError, type Problem } from "./problems";
import { capacityRules } from "./rules/capacity";
import { machineRules, untoldDebian } from "./rules/machines";
import type { Rule } from "./rules/rule";
import { serviceRules } from "./rules/services";
import { settingRules } from "./rules/settings";
import { monitoringRules } from "./rules/monitoring";
import { siteRules } from "./rules/site";
import { readKeys, unknownKey } from "./schema/section";
import { appSecrets, backupPasswordName, optionalSecrets, ownSecrets, sshKeyName } from "./secretNames";
import type { StackSpec } from "./spec";
import { join } from "./schema/type";
import { unusedKeys } from "./unused";

/** What is known of a stack beside the values of its file. */
export interface Context {
  readonly project: string;
  readonly stack: string;
  /** Keys whose values are encrypted in the file; their values are not part of `raw`. */
  readonly secretNames: ReadonlySet<string>;
}

const rules: readonly Rule[] = [...serviceRules, ...settingRules, ...siteRules, ...monitoringRules, ...machineRules, ...capacityRules];

/**
 * The description of a stack, checked as a whole.
 *
 * @param raw values of the stack file by key, without the project's name before the key and without secrets
 * @throws ConfigError with every problem of the file
 */
export function parseSpec(raw: Readonly<Record<string, unknown>>, context: Context): StackSpec {
  const { spec, problems } = checkSpec(raw, context);
  if (problems.length > 0) throw new ConfigError(`Pulumi.${context.stack}.yaml`, problems);
  return spec;
}

/** As {@link parseSpec}, for callers that have more to check: with problems the spec is a stand-in that nobody may build. */
export function checkSpec(
  raw: Readonly<Record<string, unknown>>,
  context: Context,
): { readonly spec: StackSpec; readonly problems: readonly Problem[] } {
  const { settings, problems } = splitKeys(raw, context);
  const found: Problem[] = [...problems];
  const said: Description = readKeys(keys, settings, "", found);
  const spec = complete(said, context.project, context.stack);
  // A target that is none is a problem by itself, and the stand-in for it has no use for other keys.
  if (!found.some(({ at }) => at === "target")) found.push(...unusedKeys(settings, said.target));
  found.push(...untoldDebian(said));
  const faulty = new Set(found.map(({ at }) => at.split(".")[0]));
  for (const { reads, broken } of rules) {
    if (!reads.some((section) => faulty.has(section))) found.push(...broken(spec));
  }
  return { spec, problems: found };
}

/** Tells the settings from the secrets, which are keys of the same file. */
function splitKeys(
  raw: Readonly<Record<string, unknown>>,
  { secretNames, stack }: Context,
): { readonly settings: Readonly<Record<string, unknown>>; readonly problems: readonly Problem[] } {
  const expected = [...new Set([...ownSecrets(raw), ...appSecrets(raw).filter((name) => !Object.hasOwn(keys, name))])];
  const problems: Problem[] = [];
  for (const name of new Set([...expected, ...optionalSecrets])) {
    if (Object.hasOwn(raw, name))
      problems.push({
        at: name,
        must: "must be encrypted",
        hint: `${setCommand(name, stack)}, and change the secret if this file was saved anywhere`,
      });
    else if (expected.includes(name) && !secretNames.has(name))
      problems.push({ at: name, must: "must be set", hint: setCommand(name, stack) });
  }
  for (const name of secretNames) {
    if (expected.includes(name) || optionalSecrets.includes(name)) continue;
    problems.push(
      Object.hasOwn(keys, name)
        ? { at: name, must: "must not hold a secret", hint: "name the secret in secrets and set it as a key of its own" }
        : {
            at: join("", name),
            must: "must be named in secrets to be used",
            hint: `add it there, or run npm run secret -- ${stack} unset ${name}`,
          },
    );
  }
  const settings = Object.fromEntries(Object.entries(raw).filter(([name]) => !expected.includes(name) && !optionalSecrets.includes(name)));
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(keys, name)) problems.push(unknownKey(join("", name), name, Object.keys(keys)));
  }
  return { settings: Object.fromEntries(Object.entries(settings).filter(([name]) => Object.hasOwn(keys, name))), problems };
}

/** The command that gives a stack a secret; what nobody else knows is made up. */
export const commandFor = (name: string, stack: string): string =>
  name === sshKeyName
    ? `npm run key -- ${stack}`
    : `npm run secret -- ${stack} set ${name}${name === backupPasswordName ? " --random" : ""}`;

/** What mends a secret that is missing or stands in clear. */
export const setCommand = (name: string, stack: string): string => `run ${commandFor(name, stack)}`;
