import { createHash } from "node:crypto";
import type { Store } from "./store";

/** Roles of machines: who has which, what it proves itself with, and what its policies allow. */

export interface Credentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

/** Name of the role that the instance at this address got with its profile. */
export function roleAt(store: Store, address: string): string | undefined {
  const instance = store.all("aws:ec2/instance:Instance").find(({ outputs }) => outputs.privateIp === address);
  const profile = store.get("aws:iam/instanceProfile:InstanceProfile", String(instance?.inputs.iamInstanceProfile ?? ""));
  return profile === undefined ? undefined : String(profile.inputs.role);
}

/** The same as long as the role lives: AWS's change every few hours. */
export function credentialsOf(role: string): Credentials {
  const word = (what: string, length: number) => createHash("sha256").update(`${what} ${role}`).digest("hex").slice(0, length);
  return { AccessKeyId: `ASIA${word("key", 16).toUpperCase()}`, SecretAccessKey: word("secret", 40), Token: word("token", 64) };
}

/** Whose credentials these are. */
export function roleOf(store: Store, key: string, token: string): string | undefined {
  return store
    .all("aws:iam/role:Role")
    .map(({ id }) => id)
    .find((role) => credentialsOf(role).AccessKeyId === key && credentialsOf(role).Token === token);
}

/** Whether a policy of the role names the action and the resource, both in full; words with * allow nothing here. */
export function mayDo(store: Store, role: string, action: string, resource: string): boolean {
  const policies = store.all("aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) => inputs.role === role);
  const statements = policies.flatMap(({ inputs }) => (JSON.parse(String(inputs.policy)) as { Statement: readonly Statement[] }).Statement);
  return statements.some(({ Effect, Action, Resource }) => Effect === "Allow" && Action.includes(action) && [Resource].flat().includes(resource));
}
