import { ownSecrets } from "../infra/config/secretNames";
import type { Exception } from "../policy/evaluate";
import type { Pulumi } from "./pulumi";
import { UsageError } from "./terminal";

/** What `pulumi config` says of a stack; secret values stay closed. */
export interface StackConfig {
  readonly target: string;
  /** Names of the secrets that must be set: those of the app, and those of the stack itself. */
  readonly required: readonly string[];
  readonly set: ReadonlySet<string>;
  /** Those that hold a secret. */
  readonly encrypted: readonly string[];
  /** Whether the stack protects its data. */
  readonly production: boolean;
  /** Rules that it may break; not judged yet. */
  readonly exceptions: readonly Exception[];
}

export async function readConfig(pulumi: Pulumi): Promise<StackConfig> {
  return parseConfig(await pulumi.capture(["config", "--json"]));
}

/** Reads the output of `pulumi config --json`. */
export function parseConfig(text: string): StackConfig {
  const entries = Object.entries(JSON.parse(text) as Record<string, { value?: string; objectValue?: unknown; secret?: boolean }>);
  const values = new Map(entries.map(([key, entry]) => [key.replace(/^webstack:/, ""), entry]));
  const names = values.get("secrets")?.objectValue;
  const sections = Object.fromEntries([...values].map(([key, entry]) => [key, entry.objectValue]));
  const target = values.get("target")?.value ?? "";
  const policy = values.get("policy")?.objectValue as { readonly exceptions?: readonly Exception[] } | undefined;
  return {
    target,
    production: (values.get("protect")?.value ?? (target === "local" ? "nothing" : "data")) === "data",
    exceptions: policy?.exceptions ?? [],
    required: [...(Array.isArray(names) ? names.map(String) : []), ...ownSecrets(sections)],
    set: new Set(values.keys()),
    encrypted: [...values].filter(([, { secret }]) => secret === true).map(([key]) => key),
  };
}

/** The outputs of a stack that is up; infra/outputs.ts makes them. */
export interface StackOutputs {
  readonly siteUrl: string;
  readonly hosts: readonly HostOutput[];
  readonly release: string;
  /** null where the stack has none. */
  readonly database: { readonly engine: string; readonly instance?: string; readonly version?: string; readonly leaving?: readonly string[] } | null;
}

export interface HostOutput {
  readonly name: string;
  readonly address: string;
  readonly user: string;
  /** "ssh-ed25519 AAAA..." */
  readonly hostKey: string;
}

/** Error: the stack is not up. */
export async function readOutputs(pulumi: Pulumi): Promise<StackOutputs> {
  const outputs = await findOutputs(pulumi);
  if (outputs === null) throw new UsageError(`stack ${pulumi.stack} is not up; bring it up: npm run up -- ${pulumi.stack}`);
  return outputs;
}

/** null where no `up` of the stack has come to its end. */
export async function findOutputs(pulumi: Pulumi): Promise<StackOutputs | null> {
  const { siteUrl, hosts, release, database = null } = JSON.parse(await pulumi.capture(["stack", "output", "--json"])) as Partial<StackOutputs>;
  return siteUrl === undefined || hosts === undefined ? null : { siteUrl, hosts, release: String(release ?? ""), database };
}

/** Hosts of a stack; none where it was never up. */
export async function hostsOf(pulumi: Pulumi): Promise<readonly HostOutput[]> {
  const { hosts = [] } = JSON.parse(await pulumi.capture(["stack", "output", "--json"])) as Partial<StackOutputs>;
  return hosts;
}

/** The release that serves, "" where the stack was never up. */
export async function releaseOf(pulumi: Pulumi): Promise<string> {
  const { release } = JSON.parse(await pulumi.capture(["stack", "output", "--json"])) as Partial<StackOutputs>;
  return String(release ?? "");
}
