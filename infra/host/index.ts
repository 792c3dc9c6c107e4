import type { StackPlan } from "../plan/plan";
import type { Manifest } from "./manifest";
import { webManifest } from "./web";

/** Exact text of everything each host receives, by the host's name. */
export type HostFiles = ReadonlyMap<string, Manifest>;

/** Renders every host of the plan to serve the release named by `digest`. */
export function renderHosts(plan: StackPlan, digest: string): HostFiles {
  return new Map(plan.hosts.map((host) => [host.name, webManifest(plan, host, digest)]));
}
