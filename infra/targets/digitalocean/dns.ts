import { DnsRecord } from "@pulumi/digitalocean/dnsRecord";
import type * as pulumi from "@pulumi/pulumi";
import type { StackPlan } from "../../plan/plan";

/** Seconds for which the world may remember a record. */
const ttl = 300;

/**
 * The site's names in its zone, where the stack names one: each leads to the site's address, and for each no authority but Let's Encrypt may issue
 * a certificate. The zone itself is not the stack's, so that mail and other names in it outlive the stack. There is no AAAA: a reserved IP is an
 * IPv4 address, and a host's own IPv6 address goes away with the host.
 */
export function dnsRecords({ spec }: StackPlan, address: pulumi.Input<string>): readonly DnsRecord[] {
  const { zone, domain, aliases, tls, acme } = spec.site;
  if (zone === "") return [];
  return [domain, ...aliases].flatMap((full) => {
    const name = full === zone ? "@" : full.slice(0, -zone.length - 1);
    const record = new DnsRecord(`dns-${full}`, { domain: zone, name, type: "A", value: address, ttl });
    // A site with another authority would lock it out.
    if (tls === "none" || !acme.directory.includes(".letsencrypt.org/")) return [record];
    return [record, new DnsRecord(`caa-${full}`, { domain: zone, name, type: "CAA", flags: 0, tag: "issue", value: "letsencrypt.org.", ttl })];
  });
}
