/** Limit: shows the text and that each command exists; tests/machines/runbook.test.ts runs them. */
import { relative } from "node:path";
import { runbook } from "../../cli/runbook/text";
import { stackFileOf } from "../../cli/stackFiles";
import { planStack } from "../../infra/plan";
import { project } from "../../tools/setup/folders";
import { expectGolden } from "./golden";
import { exampleSpec } from "./stacks";

test("the runbooks of three stacks are as kept", () => {
  const stacks = ["local", "prod", "bitcoin"];
  expectGolden("runbook", new Map(stacks.map((stack) => [`${stack}.md`, runbook(planStack(exampleSpec(stack)), relative(project, stackFileOf(stack)))])));
});
