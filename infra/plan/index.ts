import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import { planFirewall } from "./firewall";
import { privateAddress } from "./network";
import type { DatabasePlan, SitePlan, StackPlan } from "./plan";
import { planHosts } from "./topology";

/** Works out everything a target needs to know. Pure: equal specs give equal plans. */
export function planStack(spec: StackSpec): StackPlan {
  const hosts = planHosts(spec.network);
  return {
    spec,
    labels: { project: spec.project, stack: spec.stack, app: spec.app.name },
    hosts,
    database: planDatabase(spec),
    firewall: planFirewall(spec),
    site: planSite(
      spec,
      hosts.map((host) => host.privateAddress),
    ),
    hostAlerts: spec.monitoring.emails.length > 0 || spec.monitoring.slack !== null ? targetDefaults[spec.target].hostAlerts : "none",
  };
}

function planDatabase({ database, network }: StackSpec): DatabasePlan {
  if (database.kind === "none") return database;
  return { ...database, privateAddress: privateAddress(network.range, "database") };
}

/** A site without a domain is known by its hosts' addresses, as a balancer's health check and a rehearsal know it. */
function planSite({ site }: StackSpec, addresses: readonly string[]): SitePlan {
  const domains = site.domain === "" ? [] : [site.domain, ...site.aliases];
  return { names: [...domains, ...addresses], scheme: site.tls === "none" ? "http" : "https" };
}
