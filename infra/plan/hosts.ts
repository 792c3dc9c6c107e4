import type { DebianName } from "../config/catalog/debian";
import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import { addressOf } from "./addresses";
import { serverDebian } from "./databaseServer";
import type { Group, HostPlan, Role, StackPlan } from "./plan";

/** Every machine of the groups, in their order. */
export function planHosts(spec: StackSpec, groups: readonly Group[]): readonly HostPlan[] {
  return groups.flatMap(({ role, size }) => Array.from({ length: size }, (_, index) => planHost(spec, role, index)));
}

/** The `index`-th machine of a role. One that stands already may have another Debian than the description makes new ones with. */
export function planHost(spec: StackSpec, role: Role, index: number, debian: DebianName = debianOf(spec, role)): HostPlan {
  const { choosesAddresses } = targetDefaults[spec.target];
  return {
    name: `${role}-${index}`,
    role,
    zone: index % 2 === 0 ? 0 : 1,
    address: choosesAddresses ? (addressOf(spec.network.range, role, index) ?? null) : null,
    debian,
  };
}

/** A database has the Debian that brings its version. */
function debianOf({ database, host }: StackSpec, role: Role): DebianName {
  return role === "database" && database.kind === "managed" ? serverDebian(database) : host.debian;
}

/** The machines of one role. */
export const hostsOf = ({ hosts }: Pick<StackPlan, "hosts">, role: Role): readonly HostPlan[] => hosts.filter((host) => host.role === role);

/** The one host that serves the site. @throws Error where there is another number of them than the target brings up */
export function servingHost(plan: Pick<StackPlan, "hosts">): HostPlan {
  const [host, ...others] = hostsOf(plan, "web");
  if (host === undefined || others.length > 0)
    throw new Error(`one host serves the site on this target, and the plan has ${hostsOf(plan, "web").length}`);
  return host;
}
