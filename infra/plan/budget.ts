import { catalog } from "../config/catalog";
import type { Problem } from "../config/problems";
import { billOf } from "./cost";
import type { StackPlan } from "./plan";

/** A budget that is less than what is known of the stack's price. */
export function overBudget(plan: Pick<StackPlan, "spec" | "hosts">): readonly Problem[] {
  const { budget } = plan.spec.monitoring;
  const { known } = billOf(plan);
  if (budget === 0 || known <= budget) return [];
  return [
    {
      at: "monitoring.budget",
      must: `must be at least ${Math.ceil(known)}, since the stack is estimated to cost ${known.toFixed(2)} a month`,
      got: budget,
      hint: "take smaller sizes, or raise it",
    },
  ];
}

/** What a budget is compared with where prices are unknown; null where none is, or there is no budget. */
export function budgetNotice(plan: Pick<StackPlan, "spec" | "hosts">): string | null {
  const {
    target,
    host,
    monitoring: { budget },
  } = plan.spec;
  const { lines, known, total } = billOf(plan);
  if (budget === 0 || total !== null) return null;
  const unknown = lines.filter(({ monthly }) => monthly === null).map(({ what }) => what);
  const hint = target === catalog.aws.target ? `; npm run prices -- ${host.region} reads them where AWS' price list can be reached` : "";
  return (
    `monitoring.budget: ${budget} is compared with ${known.toFixed(2)} a month alone, since no price is known for ` +
    `${unknown.join(", ")}${hint}`
  );
}
