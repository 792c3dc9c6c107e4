/** Limit: shows the text and that each command exists; tests/machines/runbook.test.ts runs them. */
import { runbook } from "../../cli/runbook/text";
import { planStack } from "../../infra/plan";
import { expectGolden } from "./golden";
import { exampleSpec } from "./stacks";

test.each(["local", "prod", "bitcoin"])("the runbook of %s is as kept", (stack) => {
  expectGolden(`runbook/${stack}`, new Map([["runbook.md", runbook(planStack(exampleSpec(stack)))]]));
});
