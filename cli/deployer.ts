/** npm run policy -- STACK --deployer [--out FOLDER]: writes what the role that deploys a stack on AWS may do, as policies of IAM, from the stack's file alone. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { planStack } from "../infra/plan";
import { deployerPolicies } from "../infra/targets/aws/deployer";
import { project } from "../tools/setup/folders";
import { readDescription } from "./description";
import { main, stackAndRest, UsageError } from "./terminal";

const usage = "npm run policy -- STACK --deployer [--out FOLDER]";

main(async () => {
  const { stack, rest } = stackAndRest();
  const folder = resolve(process.env["INIT_CWD"] ?? project, outOf(rest));
  const spec = readDescription(project, stack);
  if (spec.target !== "aws") throw new UsageError(`${usage}: the target of ${stack} must be aws, whose roles have policies, got ${spec.target}`);
  mkdirSync(folder, { recursive: true });
  const policies = Object.entries(deployerPolicies(planStack(spec)));
  for (const [name, text] of policies) writeFileSync(join(folder, `${name}.json`), `${text}\n`);
  console.log(`Wrote ${policies.length} policies for the role that deploys ${stack}. To make them and give them to a role, with your account's number and its name:`);
  for (const [name] of policies) {
    console.log(`  aws iam create-policy --policy-name ${name} --policy-document file://${join(folder, `${name}.json`)}`);
    console.log(`  aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::ACCOUNT:policy/${name}`);
  }
  return 0;
});

function outOf(words: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...words], options: { deployer: { type: "boolean" }, out: { type: "string" } } });
    if (values.deployer !== true) throw new Error("--deployer must be given");
    return values.out ?? ".";
  } catch (error) {
    throw new UsageError(`${usage}: ${(error as Error).message}`);
  }
}
