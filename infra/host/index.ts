import type { HostPlan, StackPlan } from "../plan/plan";
import { backupMachineManifest } from "./backup";
import { databaseManifest } from "./database";
import type { Manifest } from "./manifest";
import { webManifest } from "./web";

/** Exact text of everything each host receives, by the host's name. */
export interface HostFiles extends ReadonlyMap<string, Manifest> {
  /** Of a planned host, or of one that stands with another Debian than is planned, or beside a planned one while data move. */
  of(host: HostPlan): Manifest;
}

/** Renders every host of the plan; those that serve the site serve the release named by `digest`. */
export function renderHosts(plan: StackPlan, digest: string): HostFiles {
  const files = new Map(plan.hosts.map((host) => [host.name, renderHost(plan, host, digest)]));
  const of = (host: HostPlan) => (plan.hosts.includes(host) ? files.get(host.name) : undefined) ?? renderHost(plan, host, digest);
  return Object.assign(files, { of });
}

function renderHost(plan: StackPlan, host: HostPlan, digest: string): Manifest {
  switch (host.role) {
    case "web":
      return webManifest(plan, host, digest);
    case "database":
      return databaseManifest(plan, host);
    case "backup":
      return backupMachineManifest(plan, host);
  }
}
