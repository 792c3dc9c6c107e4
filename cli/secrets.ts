import { randomBytes } from "node:crypto";
import { nearest } from "../infra/config/schema/nearest";
import { databaseUrlName, optionalSecrets, sshKeyName } from "../infra/config/secretNames";
import { keyFaults, publicKeyOf } from "../infra/config/sshkey";
import { newKeyPair } from "./keyPair";
import type { Pulumi } from "./pulumi";
import { lostSecrets } from "./recover";
import type { StackConfig } from "./stack";
import { secretsFileOf } from "./stackFiles";
import { UsageError } from "./terminal";

/** What somebody wants to do with the secrets of a stack. */
export type SecretWish =
  | { readonly does: "list"; readonly stack: string }
  | { readonly does: "edit"; readonly stack: string }
  | { readonly does: "recover"; readonly stack: string }
  | { readonly does: "set" | "unset"; readonly stack: string; readonly name: string; readonly random: boolean };

const usage = "npm run secret -- STACK list | set NAME [--random] | unset NAME | edit | recover";

/** Reads the words behind `npm run secret --`. @throws UsageError */
export function wishOf(words: readonly string[]): SecretWish {
  const random = words.includes("--random");
  const [stack, does, name, ...more] = words.filter((word) => word !== "--random");
  const known = stack !== undefined && !stack.startsWith("-") && more.length === 0;
  if (known && (does === "list" || does === "edit" || does === "recover") && name === undefined && !random) return { does, stack };
  if (known && (does === "set" || (does === "unset" && !random)) && name !== undefined) return { does, stack, name, random };
  throw new UsageError(`${usage}, got ${words.length === 0 ? "nothing" : words.join(" ")}`);
}

/** Reads the words behind `npm run key --`. @throws UsageError */
export function keyWishOf(words: readonly string[]): { readonly stack: string; readonly replace: boolean } {
  const [stack, ...more] = words.filter((word) => word !== "--replace");
  if (stack === undefined || stack.startsWith("-") || more.length > 0)
    throw new UsageError(`npm run key -- STACK [--replace], got ${words.length === 0 ? "nothing" : words.join(" ")}`);
  return { stack, replace: words.includes("--replace") };
}

/** Why the key of a stack that has one is not set to another. */
export const keyIsSet = (stack: string): string =>
  `${sshKeyName}: is set already, and hosts that know it alone would be closed; npm run key -- ${stack} --replace makes another ` +
  "and lets it in there first";

/** Why a value that somebody brings is no key for a stack, in a line; null where it is. */
export function wrongKey(value: string, stack: string): string | null {
  const key = publicKeyOf(value);
  return "fault" in key
    ? `${sshKeyName}: ${keyFaults[key.fault]}; npm run key -- ${stack} makes one, and nobody needs to have it in a file`
    : null;
}

/** Names of the secrets that a stack may have, sorted: those that it needs, and those that it has besides. */
export function secretNames({ required, encrypted }: StackConfig): readonly string[] {
  return [...new Set([...required, ...encrypted])].sort();
}

/** Why a stack has no secret of that name, in a line; null where it has. */
export function wrongName(name: string, required: readonly string[], stack: string): string | null {
  const known = [...new Set([...required, ...optionalSecrets])];
  if (known.includes(name)) return null;
  const near = nearest(name, known, 3);
  const hint = near !== undefined ? `; did you mean ${near}?` : `; one of your app's own is named in secrets of Pulumi.${stack}.yaml first`;
  return `${name}: is no secret of the stack ${stack}, which knows ${known.sort().join(", ")}${hint}`;
}

/** Names of the secrets that a stack was given: taken back from its state, or made up. */
export interface Filled {
  readonly recovered: readonly string[];
  readonly made: readonly string[];
}

/**
 * Gives every secret that a local stack lacks the value that its hosts run with, or where they run with none a random one, which is good
 * enough for a rehearsal. Values travel on standard input: arguments are in the process list.
 */
export async function fillSecrets(pulumi: Pulumi, config: StackConfig): Promise<Filled> {
  const lost = await lostSecrets(pulumi, config);
  // The address of somebody else's database is nothing that can be made up.
  const missing = config.required.filter((name) => !config.set.has(name) && (name !== databaseUrlName || lost[name] !== undefined));
  for (const name of missing) await pulumi.capture(["config", "set", "--secret", name], lost[name] ?? randomValue(name, pulumi.stack));
  return { recovered: Object.keys(lost), made: missing.filter((name) => lost[name] === undefined) };
}

/** @throws UsageError where the stack's file has lost secrets that its hosts run with, with the command that takes them back */
export async function requireNothingLost(pulumi: Pulumi, config: StackConfig): Promise<void> {
  const lost = Object.keys(await lostSecrets(pulumi, config));
  if (lost.length === 0) return;
  throw new UsageError(
    `${secretsFileOf(pulumi.stack)} has lost ${lost.join(", ")}, which the stack runs with; npm run secret -- ${pulumi.stack} ` +
      "recover takes what the state has of them",
  );
}

/** A new private key in the form of OpenSSH, or 32 random bytes as text; in no file. */
export function randomValue(name: string, stack: string): string {
  return name === sshKeyName ? newKeyPair(`webstack-${stack}`).private : randomBytes(32).toString("base64url");
}
