import type { Rule } from "../rule";
import { aws } from "./aws";
import { digitalocean } from "./digitalocean";

/** Every rule, by target. */
export const rules: readonly Rule[] = [...digitalocean, ...aws];

/** Types that nothing here makes yet: a rule about one of them waits for it, and is none that a stack is held to. */
export const notMadeYet: readonly string[] = [
  "digitalocean:index/loadBalancer:LoadBalancer",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:lb/listener:Listener",
];

export const waits = ({ types }: Pick<Rule, "types">): boolean => types.some((type) => notMadeYet.includes(type));
