import { backupPasswordName, sshKeyName } from "../infra/config/secretNames";
import { opened } from "./openedState";
import type { Pulumi } from "./pulumi";
import type { StackConfig } from "./stack";

interface Inputs {
  readonly connection?: { readonly privateKey?: unknown };
  readonly stdin?: unknown;
}

/** What a host is given on standard input, see infra/targets/delivery.ts and backup.ts. */
interface Late {
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly RESTIC_PASSWORD?: string;
}

/** Secrets of a stack that `pulumi stack export --show-secrets` still has, by name: those that its hosts run with. */
export function secretsInState(exported: string): Readonly<Record<string, string>> {
  const { deployment } = JSON.parse(exported) as { deployment?: { resources?: readonly { inputs?: unknown }[] } | null };
  const inputs = (deployment?.resources ?? []).map((resource) => opened(resource.inputs ?? {}) as Inputs);
  const key = inputs.map(({ connection }) => connection?.privateKey).find((value) => typeof value === "string");
  const late = inputs.map(({ stdin }) => lateOf(stdin));
  const password = late.find(({ RESTIC_PASSWORD }) => RESTIC_PASSWORD !== undefined)?.RESTIC_PASSWORD;
  return {
    ...Object.assign({}, ...late.flatMap(({ env = {}, secrets = {} }) => [env, secrets])),
    ...(key === undefined ? {} : { [sshKeyName]: key }),
    ...(password === undefined ? {} : { [backupPasswordName]: password }),
  } as Readonly<Record<string, string>>;
}

/** Those of the names that a stack's file lacks and its state has: the file was taken back to one from before they were set. */
export async function lostSecrets(pulumi: Pulumi, config: StackConfig, names = config.required): Promise<Readonly<Record<string, string>>> {
  const missing = names.filter((name) => !config.set.has(name));
  if (missing.length === 0) return {};
  const kept = secretsInState(await pulumi.capture(["stack", "export", "--show-secrets"]));
  return Object.fromEntries(missing.flatMap((name) => (kept[name] === undefined || kept[name] === "" ? [] : [[name, kept[name]]])));
}

function lateOf(stdin: unknown): Late {
  if (typeof stdin !== "string" || !stdin.startsWith("{")) return {};
  return JSON.parse(stdin) as Late;
}
