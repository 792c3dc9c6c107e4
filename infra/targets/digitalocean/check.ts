import type { Problem } from "../../config/problems";
import type { StackPlan } from "../../plan/plan";

/** What a stack may ask for that DigitalOcean does not have. */
export function check(_plan: StackPlan): readonly Problem[] {
  return [];
}
