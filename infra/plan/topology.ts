import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import { privateAddress } from "./network";
import type { HostPlan } from "./plan";

/** Machines in creation order: one that serves the site. */
export function planHosts({ target, network }: StackSpec): readonly HostPlan[] {
  return [{ name: "web-0", role: "web", privateAddress: targetDefaults[target].choosesAddresses ? privateAddress(network.range, "web") : null }];
}
