import type { NetworkSpec } from "../config/spec";
import { privateAddress } from "./network";
import type { HostPlan } from "./plan";

/** Machines in creation order: one that serves the site. */
export function planHosts(network: NetworkSpec): readonly HostPlan[] {
  return [{ name: "web-0", role: "web", privateAddress: privateAddress(network.range, "web") }];
}
