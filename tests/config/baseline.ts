import { parseSpec, type Context } from "../../infra/config/parse";
import type { StackSpec } from "../../infra/config/spec";

export type Raw = Readonly<Record<string, unknown>>;

/** A small, faultless description of a local stack, as a user writes it, with whole sections replaced by `overrides`. */
export function raw(overrides: Raw = {}): Raw {
  return {
    target: "local",
    app: { name: "ocpizza", source: "examples/ocpizza" },
    services: { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 2, threads: 4 } },
    ...overrides,
  };
}

/** The project `webstack`, the stack `test`, and secrets of these names beside the key of the stack. */
export function context(...secrets: readonly string[]): Context {
  return { project: "webstack", stack: "test", secretNames: new Set(["sshPrivateKey", "backupPassword", ...secrets]) };
}

/** The baseline with `overrides`, complete; the secrets it names, and `ownSecrets`, count as set. */
export function spec(overrides: Raw = {}, ...ownSecrets: readonly string[]): StackSpec {
  const { secrets } = overrides;
  return parseSpec(raw(overrides), context(...ownSecrets, ...(Array.isArray(secrets) ? secrets.map(String) : [])));
}
