import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import { planFirewall } from "./firewall";
import type { SitePlan, StackPlan } from "./plan";
import { planHosts } from "./topology";

/** Works out everything a target needs to know. Pure: equal specs give equal plans. */
export function planStack(spec: StackSpec): StackPlan {
  const hosts = planHosts(spec);
  return {
    spec,
    labels: { project: spec.project, stack: spec.stack, app: spec.app.name },
    hosts,
    database: spec.database,
    firewall: planFirewall(spec),
    site: planSite(
      spec,
      hosts.flatMap(({ privateAddress }) => (privateAddress === null ? [] : [privateAddress])),
    ),
    hostAlerts: spec.monitoring.emails.length > 0 || spec.monitoring.slack !== null ? targetDefaults[spec.target].hostAlerts : "none",
  };
}

/** A rehearsal knows the site by its hosts' addresses, too. */
function planSite({ site }: StackSpec, addresses: readonly string[]): SitePlan {
  const domains = site.domain === "" ? [] : [site.domain, ...site.aliases];
  return { names: [...domains, ...addresses], scheme: site.tls === "none" ? "http" : "https" };
}
