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
  readonly Condition?: Condition;
}

/** Operator → key → values. */
type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

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

/** What a call tells beside its action and its resource, by the key that conditions name: "s3:prefix". */
export type RequestContext = Readonly<Record<string, string>>;

/** Whether a policy of the role allows the call. What a condition asks for and the call does not tell is not fulfilled, as in IAM. */
export function mayDo(store: Store, role: string, action: string, resource: string, context: RequestContext = {}): boolean {
  const policies = store.all("aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) => inputs.role === role);
  const statements = policies.flatMap(({ inputs }) => (JSON.parse(String(inputs.policy)) as { Statement: readonly Statement[] }).Statement);
  return statements.some(
    ({ Effect, Action, Resource, Condition = {} }) =>
      Effect === "Allow" &&
      Action.includes(action) &&
      [Resource].flat().some((named) => isLike(named, resource)) &&
      fulfilled(Condition, context),
  );
}

function fulfilled(condition: Condition, context: RequestContext): boolean {
  return Object.entries(condition).every(([operator, wanted]) => {
    const compare = { StringEquals: (one: string, other: string) => one === other, StringLike: isLike }[operator];
    if (compare === undefined) throw new Error(`the simulated cloud knows no condition ${operator}`);
    return Object.entries(wanted).every(([key, values]) =>
      [values].flat().some((value) => context[key] !== undefined && compare(value, context[key])),
    );
  });
}

/** `*` stands for any letters. */
function isLike(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? "";
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.startsWith(first) && text.length - last.length >= from && text.endsWith(last);
}
