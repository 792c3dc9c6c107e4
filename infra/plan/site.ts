import type { StackSpec } from "../config/spec";
import type { HostPlan, SitePlan } from "./plan";

/** What visitors call the site. A rehearsal knows it by its hosts' addresses, too. */
export function planSite({ site }: StackSpec, hosts: readonly HostPlan[]): SitePlan {
  const domains = site.domain === "" ? [] : [site.domain, ...site.aliases];
  const addresses = hosts.flatMap(({ role, address }) => (role === "web" && address !== null ? [address] : []));
  return { names: [...domains, ...addresses], scheme: site.tls === "none" ? "http" : "https" };
}
