import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";

/** A machine's name on the box. */
export const machineName = ({ labels }: StackPlan, name: string): string => physicalName("host", labels.project, labels.stack, name);
