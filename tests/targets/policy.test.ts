/** Every rule of policy/ over what every example on a cloud asks for. */
import { evaluate, type Finding } from "../../policy/evaluate";
import { rules } from "../../policy/rules";
import { exampleSpec } from "../goldens/stacks";
import * as aws from "./aws";
import * as digitalocean from "./digitalocean";

async function findings(stack: string): Promise<readonly Finding[]> {
  const spec = exampleSpec(stack);
  const graph = await (spec.target === "aws" ? aws : digitalocean).graphOf(spec);
  const resources = graph.nodes.map(({ type, name, inputs, options }) => ({ type, name, props: inputs, protect: options["protect"] === true }));
  return evaluate(rules, resources, { production: spec.protect === "data", exceptions: spec.policy.exceptions });
}

test.each<[stack: string, told: readonly string[]]>([
  // Paid for, and asked for in a stack's file: a standby, measures every minute, a log of who reads the backups.
  ["aws", ["advisory aws-bucket-logging backups", "advisory aws-database-standby database", "advisory aws-instance-detailed-monitoring web-0"]],
  ["bitcoin-aws", ["advisory aws-bucket-logging backups", "advisory aws-database-standby database", "advisory aws-instance-detailed-monitoring web-0"]],
  // A standby, too.
  ["prod", ["advisory do-database-standby database"]],
  ["bitcoin-prod", ["advisory do-database-standby database"]],
  ["bitcoin-external", []],
])("%s breaks no rule that binds it, and these are told", async (stack, told) => {
  expect((await findings(stack)).map(({ level, rule, resource }) => `${level} ${rule} ${resource}`).sort()).toEqual(told);
}, 30_000);
