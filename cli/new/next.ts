import { commandFor } from "../../infra/config/parse";
import type { TargetName } from "../../infra/config/spec";

/** What gives verbs and engine access to a cloud, by the environment: what moves the state reads that alone. */
const access: Readonly<Record<Exclude<TargetName, "local">, readonly string[]>> = {
  digitalocean: ["export DIGITALOCEAN_TOKEN=... SPACES_ACCESS_KEY_ID=... SPACES_SECRET_ACCESS_KEY=..."],
  aws: ["aws sso login", 'eval "$(aws configure export-credentials --format env)"'],
};

/** What is typed once a stack is described, in order; `needed`: names of what only an owner sets in a cloud. */
export function typedNext(name: string, target: TargetName, needed: readonly string[]): readonly string[] {
  const always = [`npm run up -- ${name}`, `npm run runbook -- ${name}`];
  if (target === "local") return always;
  return [
    ...needed.map((one) => commandFor(one, name)),
    ...access[target],
    `npm run backend -- ${name}`,
    "export PULUMI_BACKEND_URL=...     # as it says",
    `npm run preview -- ${name}`,
    ...always,
  ];
}
