import { appSecrets, ownSecrets } from "../infra/config/secretNames";
import { readEngineValues } from "../infra/config/stackFile";
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
  const entries = JSON.parse(text) as Readonly<Record<string, { value?: string; secret?: boolean }>>;
  const values = Object.fromEntries(Object.entries(entries).map(([key, { value = "" }]) => [key, value]));
  const { raw, secretNames } = readEngineValues({ values, isSecret: (key) => entries[key]?.secret === true });
  const target = String(raw["target"] ?? "");
  const policy = raw["policy"] as { readonly exceptions?: readonly Exception[] } | null | undefined;
  return {
    target,
    production: (raw["protect"] ?? (target === "local" ? "nothing" : "data")) === "data",
    exceptions: policy?.exceptions ?? [],
    required: [...appSecrets(raw), ...ownSecrets(raw)],
    set: new Set([...Object.keys(raw), ...secretNames]),
    encrypted: [...secretNames],
  };
}

/** The outputs of a stack that is up; infra/outputs.ts makes them. */
export interface StackOutputs {
  readonly siteUrl: string;
  readonly hosts: readonly HostOutput[];
  readonly release: string;
  /** null where the stack has none. */
  readonly database: {
    readonly engine: string;
    readonly instance?: string;
    readonly version?: string;
    readonly leaving?: readonly string[];
  } | null;
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
  const {
    siteUrl,
    hosts,
    release,
    database = null,
  } = JSON.parse(await pulumi.capture(["stack", "output", "--json"])) as Partial<StackOutputs>;
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
