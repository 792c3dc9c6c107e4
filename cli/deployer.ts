/**
 * npm run policy -- STACK --deployer [--out FOLDER]: writes what the role that deploys a stack on AWS may do, as policies of IAM, from the
 * stack's file alone.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planStack } from "../infra/plan";
import { deployerPolicies } from "../infra/targets/aws/deployer";
import { project } from "../tools/setup/folders";
import { readDescription } from "./description";
import { outOf } from "./out";
import { main, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

const usage = "npm run policy -- STACK --deployer [--out FOLDER]";

main(async () => {
  const { stack, rest } = await whichStack();
  if (!rest.includes("--deployer")) throw new UsageError(`${usage}: --deployer must be given`);
  const folder = outOf(
    rest.filter((word) => word !== "--deployer"),
    usage,
    ".",
  );
  const spec = readDescription(project, stack);
  if (spec.target !== "aws")
    throw new UsageError(`${usage}: the target of ${stack} must be aws, whose roles have policies, got ${spec.target}`);
  mkdirSync(folder, { recursive: true });
  const policies = Object.entries(deployerPolicies(planStack(spec)));
  for (const [name, text] of policies) writeFileSync(join(folder, `${name}.json`), `${text}\n`);
  console.log(
    `Wrote ${policies.length} policies for the role that deploys ${stack}. To make them and give them to a role, with your ` +
      "account's number and its name:",
  );
  for (const [name] of policies) {
    console.log(`  aws iam create-policy --policy-name ${name} --policy-document file://${join(folder, `${name}.json`)}`);
    console.log(`  aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::ACCOUNT:policy/${name}`);
  }
  return 0;
});
