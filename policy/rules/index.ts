import type { Rule } from "../rule";
import { aws } from "./aws";
import { digitalocean } from "./digitalocean";

/** Every rule, by target. */
export const rules: readonly Rule[] = [...digitalocean, ...aws];
