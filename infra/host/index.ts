import { versionId } from "../config/catalog/debian";
import type { HostPlan, StackPlan } from "../plan/plan";
import { joined } from "./feature";
import type { Manifest } from "./manifest";
import { backup } from "./roles/backup";
import { database } from "./roles/database";
import type { Role } from "./roles/role";
import { web } from "./roles/web";

const roles: Readonly<Record<HostPlan["role"], Role>> = { web, database, backup };

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
  const { features, app } = roles[host.role];
  const { packages, files, checks, units } = joined(features.map((feature) => feature(plan, host)));
  const { user, plain, services, release } = app(plan, digest);
  const { project, stack } = plan.labels;
  return {
    version: 1,
    project,
    stack,
    host: host.name,
    debian: versionId(host.debian),
    user,
    packages,
    plain,
    files,
    checks,
    units,
    services,
    release,
  };
}
