/** Every rule of policy/ over what every example on a cloud asks for. */
import { parseDescription } from "../../cli/description";
import { design } from "../../cli/new/design";
import { find } from "../../cli/new/found";
import { stackFile } from "../../cli/new/stackFile";
import type { StackSpec } from "../../infra/config/spec";
import { evaluate, type Finding } from "../../policy/evaluate";
import { notMadeYet, rules, waits } from "../../policy/rules";
import { exampleSpec } from "../goldens/stacks";
import * as aws from "./aws";
import * as digitalocean from "./digitalocean";
import type { Graph } from "./graph";

const graphOf = (spec: StackSpec): Promise<Graph> => (spec.target === "aws" ? aws : digitalocean).graphOf(spec);

/** Types that the examples ask for. */
const made = new Set<string>();

async function findings(spec: StackSpec): Promise<readonly Finding[]> {
  const graph = await graphOf(spec);
  for (const { type } of graph.nodes) made.add(type);
  const resources = graph.nodes.map(({ type, name, inputs, options }) => ({
    type,
    name,
    props: inputs,
    protect: options["protect"] === true,
  }));
  return evaluate(rules, resources, { production: spec.protect === "data", exceptions: spec.policy.exceptions });
}

const lines = (found: readonly Finding[]) => found.map(({ level, rule, resource }) => `${level} ${rule} ${resource}`).sort();

test.each<[stack: string, told: readonly string[]]>([
  // Paid for, and asked for in a stack's file: a standby, measures every minute, a log of who reads the backups.
  [
    "aws",
    ["advisory aws-bucket-logging backups", "advisory aws-database-standby database", "advisory aws-instance-detailed-monitoring web-0"],
  ],
  [
    "bitcoin-aws",
    ["advisory aws-bucket-logging backups", "advisory aws-database-standby database", "advisory aws-instance-detailed-monitoring web-0"],
  ],
  // A standby, too.
  ["prod", ["advisory do-database-standby database"]],
  ["bitcoin-prod", ["advisory do-database-standby database"]],
  ["bitcoin-external", []],
])(
  "%s breaks no rule that binds it, and these are told",
  async (stack, told) => {
    expect(lines(await findings(exampleSpec(stack)))).toEqual(told);
  },
  30_000,
);

test("every rule that is counted is about something that an example makes, and no rule that waits is", () => {
  expect(rules.filter((rule) => !waits(rule) && !made.has(rule.types[0] ?? "")).map(({ id }) => id)).toEqual([]);
  expect(notMadeYet.filter((type) => made.has(type))).toEqual([]);
  expect(notMadeYet.filter((type) => !rules.some(({ types }) => types.includes(type)))).toEqual([]);
});

/** The file that `npm run new` writes for a small app. */
function written(target: "digitalocean" | "aws", emails: readonly string[]): StackSpec {
  const files: Readonly<Record<string, string>> = {
    "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    "requirements.txt": "fastapi\nsqlalchemy\n",
  };
  const folder = { paths: Object.keys(files), exclude: [], leftOut: [], read: (path: string) => files[path] };
  const { likeliest: application, health, django, variables } = find(folder, {});
  if (application === undefined) throw new Error("the app is not found");
  const choices = {
    name: "shop",
    target,
    domain: "shop.example",
    sshFrom: ["203.0.113.7/32"],
    emails,
    application,
    health,
    database: true,
    env: {},
    range: "10.20.7.0/24",
    image: "debian-13" as const,
  };
  return parseDescription(stackFile(design(folder, choices, django, variables), "../shop"), "shop");
}

test.each<[target: "digitalocean" | "aws", unheard: readonly string[]]>([
  ["digitalocean", ["mandatory do-alert-disk web-0", "mandatory do-uptime web-0"]],
  ["aws", ["mandatory aws-alarms-heard alarms", "mandatory aws-alarms-heard alarms-site"]],
])(
  "what npm run new writes for %s is refused by no rule; without its receivers of alerts it would be",
  async (target, unheard) => {
    const binding = async (emails: readonly string[]) =>
      lines(await findings(written(target, emails))).filter((line) => line.startsWith("mandatory"));
    expect(await binding(["ops@shop.example"])).toEqual([]);
    expect(await binding([])).toEqual(unheard);
  },
  30_000,
);
