import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import { planEndpoints } from "./endpoints";
import { planFirewall } from "./firewall";
import { planGroups } from "./groups";
import { planHosts } from "./hosts";
import type { StackPlan } from "./plan";
import { planSite } from "./site";

/** Works out everything a target needs to know. Pure: equal descriptions and groups give equal plans. */
export function planStack(spec: StackSpec, groups = planGroups(spec)): StackPlan {
  const hosts = planHosts(spec, groups);
  return {
    spec,
    labels: { project: spec.project, stack: spec.stack, app: spec.app.name },
    groups,
    hosts,
    database: spec.database,
    endpoints: planEndpoints(spec, hosts),
    firewall: planFirewall(spec, groups),
    site: planSite(spec, hosts),
    hostAlerts: spec.monitoring.emails.length > 0 || spec.monitoring.slack !== null ? targetDefaults[spec.target].hostAlerts : "none",
    needs: targetDefaults[spec.target].needs,
  };
}
