import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { databaseUrlProblems } from "./databaseUrl";
import { checkSpec, setCommand } from "./parse";
import { ConfigError, type Problem } from "./problems";
import {
  alertWebhookName,
  backupPasswordName,
  databaseUrlName,
  sentryTokenName,
  slackWebhookName,
  smtpPasswordName,
  sshKeyName,
} from "./secretNames";
import type { StackSpec } from "./spec";
import { targetDefaults } from "./targets";
import { keyFaults, publicKeyOf } from "./sshkey";
import { privatePath, projectName, readEngineValues } from "./stackFile";

// Exported, but marked as internal and so without a type: there is no public way to ask which keys are secret.
// https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/config.ts
const runtime = pulumi.runtime as typeof pulumi.runtime & { isConfigSecret(key: string): boolean };

/** What travels beside the spec and never through it. */
export interface Secrets {
  /** Values of the names in `spec.secrets`. */
  readonly env: Readonly<Record<string, pulumi.Output<string>>>;
  /** In the form of OpenSSH, with the newline at its end that ssh insists on. */
  readonly sshPrivateKey: pulumi.Output<string>;
  /** `ssh-ed25519 AAAA...` */
  readonly sshPublicKey: string;
  /** Encrypts the backups; "" where there are none. */
  readonly backupPassword: pulumi.Output<string>;
  /** Where alerts for Slack go; only where monitoring.slack asks for it. */
  readonly slackWebhook?: pulumi.Output<string>;
  /** Address of a database that is somebody else's service; only where database.kind is external. */
  readonly databaseUrl?: pulumi.Output<string>;
  /** What the hosts' alerts and announcements need: smtpPassword, alertWebhook, sentryToken, those that are set. */
  readonly monitoring: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * The checked description of the running stack, its secrets, and the names of the settings that its file has for providers.
 *
 * @throws ConfigError with every problem of the stack file; no message holds a secret
 */
export function loadSpec(): { readonly spec: StackSpec; readonly secrets: Secrets; readonly providerSettings: readonly string[] } {
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  const values = pulumi.runtime.allConfig();
  const { raw, secretNames } = readEngineValues({ values, isSecret: (key) => runtime.isConfigSecret(key) });

  const { spec, problems } = checkSpec(raw, { project, stack, secretNames });
  if (secretNames.size === 0 && spec.target === "local" && existsSync(privatePath(stack)))
    throw new ConfigError(`Pulumi.${stack}.yaml`, [unread(stack)]);
  const value = (name: string) => values[`${projectName}:${name}`] ?? "";
  const key = secretNames.has(sshKeyName) ? publicKeyOf(value(sshKeyName)) : undefined;
  const monitoring = [smtpPasswordName, alertWebhookName, sentryTokenName].filter((name) => secretNames.has(name));
  const address = spec.database.kind === "external" && secretNames.has(databaseUrlName) ? value(databaseUrlName) : null;
  const given = [...spec.secrets, backupPasswordName, databaseUrlName, slackWebhookName, ...monitoring].filter((name) =>
    secretNames.has(name),
  );
  const all = [
    ...problems,
    ...keyProblems(key, stack),
    ...webhookProblems(secretNames.has(alertWebhookName) ? value(alertWebhookName) : "", spec),
    ...(address === null || address === "" ? [] : databaseUrlProblems(address, spec)),
    ...given.flatMap((name) => lengthProblems(name, value(name), stack)),
  ];
  if (all.length > 0 || key === undefined || "fault" in key) throw new ConfigError(`Pulumi.${stack}.yaml`, all);

  return {
    spec,
    providerSettings: Object.keys(values).filter((name) => !name.startsWith(`${projectName}:`)),
    secrets: {
      env: Object.fromEntries(spec.secrets.map((name) => [name, pulumi.secret(value(name))])),
      sshPrivateKey: pulumi.secret(`${value(sshKeyName).trimEnd()}\n`),
      sshPublicKey: key.line,
      backupPassword: pulumi.secret(value(backupPasswordName)),
      ...(spec.monitoring.slack === null ? {} : { slackWebhook: pulumi.secret(value(slackWebhookName)) }),
      ...(address === null ? {} : { databaseUrl: pulumi.secret(address) }),
      monitoring: Object.fromEntries(monitoring.map((name) => [name, pulumi.secret(value(name))])),
    },
  };
}

/** One fault where each secret would be one: somebody runs the engine by hand, and it was not told of them. */
const unread = (stack: string): Problem => ({
  at: sshKeyName,
  must: `must be read from ${privatePath(stack)}, where this box keeps the secrets of its own stacks`,
  hint:
    `npm run pulumi -- ${stack} WORDS... tells the engine, pulumi up -s ${stack} --config-file ${privatePath(stack)} after any verb, ` +
    "too",
});

/** As hostctl/machine/mask.py needs it. */
const leastLength = 4;

function lengthProblems(name: string, value: string, stack: string): readonly Problem[] {
  const password = URL.canParse(value) ? new URL(value).password : "";
  if (password !== "" && password.length < leastLength) {
    return [
      {
        at: name,
        must: `must have at least ${leastLength} characters in the password of its URL`,
        hint: `logs could not be kept free of it: ${setCommand(name, stack)}`,
      },
    ];
  }
  if (value.length >= leastLength) return [];
  const hint =
    value === ""
      ? setCommand(name, stack)
      : `logs could not be kept free of it: ${setCommand(name, stack)}, or make it one of env where it is none`;
  return [{ at: name, must: value === "" ? "must not be empty" : `must have at least ${leastLength} characters`, hint }];
}

/** Without TLS, everybody on the way could read the URL and post there. */
function webhookProblems(url: string, { target, stack }: StackSpec): readonly Problem[] {
  const schemes = targetDefaults[target].public ? ["https:"] : ["https:", "http:"];
  return url === "" || (URL.canParse(url) && schemes.includes(new URL(url).protocol) && !/\s/.test(url))
    ? []
    : [{ at: alertWebhookName, must: "must be an https URL", hint: setCommand(alertWebhookName, stack) }];
}

function keyProblems(key: ReturnType<typeof publicKeyOf> | undefined, stack: string): readonly Problem[] {
  if (key === undefined || !("fault" in key)) return [];
  return [{ at: sshKeyName, must: keyFaults[key.fault], hint: setCommand(sshKeyName, stack) }];
}
