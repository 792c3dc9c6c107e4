/**
 * npm run secret -- STACK list | set NAME [--random] | unset NAME | edit | recover: the secrets of a stack, encrypted in its file. A value
 * is asked for without being shown, or read from standard input; --random makes one of 32 random bytes. `npm run key` makes the stack's
 * key. `edit` shows them all in $EDITOR; `recover` sets those again that the file has lost and the state still has.
 */
import { optionalSecrets, sshKeyName } from "../infra/config/secretNames";
import { prepareSecrets } from "./prepare";
import { readHidden } from "./prompt";
import type { Pulumi } from "./pulumi";
import { lostSecrets } from "./recover";
import { changedSecrets, editableText, editText } from "./secretEdit";
import { keyIsSet, randomValue, secretNames, wishOf, wrongKey, wrongName, type SecretWish } from "./secrets";
import type { StackConfig } from "./stack";
import { requireReadable, secretsFileOf } from "./stackFiles";
import { main, table, UsageError } from "./terminal";

main(async () => {
  const wish = wishOf(process.argv.slice(2));
  requireReadable(wish.stack);
  const { pulumi, config } = await prepareSecrets(wish.stack);
  if (wish.does === "list") {
    console.log(table(secretNames(config).map((name) => [name, config.set.has(name) ? "is set" : "IS MISSING"])));
    return 0;
  }
  if (wish.does === "edit" || wish.does === "recover") {
    console.log(await (wish.does === "edit" ? edit(wish.stack, pulumi, secretNames(config)) : recover(pulumi, config)));
    return 0;
  }
  // One that the file does not name any more can go.
  const wrong = wish.does === "unset" && config.encrypted.includes(wish.name) ? null : wrongName(wish.name, config.required, wish.stack);
  if (wrong !== null) throw new UsageError(wrong);
  console.log(await (wish.does === "set" ? set(wish, pulumi, config) : unset(wish, pulumi, config)));
  return 0;
});

type OfOne = Extract<SecretWish, { readonly name: string }>;

async function set({ stack, name, random }: OfOne, pulumi: Pulumi, config: StackConfig): Promise<string> {
  const isKey = name === sshKeyName;
  if (isKey && random) throw new UsageError(`${name}: is made by npm run key -- ${stack}`);
  if (isKey && config.encrypted.includes(name)) throw new UsageError(keyIsSet(stack));
  if (random && config.set.has(name)) {
    throw new UsageError(
      `${name}: is set already, and what it opens would be closed to a random one; where it is not needed any more: npm run secret ` +
        `-- ${stack} unset ${name}`,
    );
  }
  const value = random ? randomValue(name, stack) : await readHidden(name, stack);
  if (value === "") throw new UsageError(`${name}: must not be empty`);
  const wrong = isKey ? wrongKey(value, stack) : null;
  if (wrong !== null) throw new UsageError(wrong);
  await pulumi.capture(["config", "set", "--secret", name], value);
  return `${name}: is set, encrypted in ${secretsFileOf(stack)}; npm run up -- ${stack} brings it to the hosts`;
}

async function edit(stack: string, pulumi: Pulumi, names: readonly string[]): Promise<string> {
  const config = JSON.parse(await pulumi.capture(["config", "--show-secrets", "--json"])) as Record<
    string,
    { value?: string; secret?: boolean }
  >;
  const secrets = Object.entries(config).filter(([, { secret }]) => secret === true);
  const values = Object.fromEntries(secrets.map(([key, { value = "" }]) => [key.replace(/^webstack:/, ""), value]));
  const changed = Object.entries(changedSecrets(await editText(editableText(stack, names, values)), names, values));
  const [, key] = changed.find(([name]) => name === sshKeyName) ?? [];
  const wrong = key === undefined ? null : sshKeyName in values ? keyIsSet(stack) : wrongKey(key, stack);
  if (wrong !== null) throw new UsageError(`${wrong}; nothing was changed`);
  for (const [name, value] of changed) await pulumi.capture(["config", "set", "--secret", name], value);
  if (changed.length === 0) return "Nothing was changed.";
  return (
    `${changed.map(([name]) => name).join(", ")}: set, encrypted in ${secretsFileOf(stack)}; npm run up -- ${stack} brings it to the ` +
    "hosts"
  );
}

async function recover(pulumi: Pulumi, config: StackConfig): Promise<string> {
  const lost = Object.entries(await lostSecrets(pulumi, config, [...config.required, ...optionalSecrets]));
  for (const [name, value] of lost) await pulumi.capture(["config", "set", "--secret", name], value);
  return lost.length === 0
    ? "Nothing that the file lacks is in the state."
    : `${lost.map(([name]) => name).join(", ")}: set again, encrypted in ${secretsFileOf(pulumi.stack)}, as the hosts run with it`;
}

async function unset({ stack, name }: OfOne, pulumi: Pulumi, config: StackConfig): Promise<string> {
  if (!config.set.has(name)) throw new UsageError(`${name}: is not set`);
  await pulumi.capture(["config", "rm", name]);
  return (
    `${name}: is gone from ` +
    `${secretsFileOf(stack)}${config.required.includes(name) ? `; no up goes on without one: npm run secret -- ${stack} set ${name}` : ""}`
  );
}
