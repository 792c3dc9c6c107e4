import { DnsRecord } from "@pulumi/digitalocean/dnsRecord";
import type * as pulumi from "@pulumi/pulumi";
import { caaNames } from "../../plan/caa";
import type { StackPlan } from "../../plan/plan";
import type { Component } from "../component";

/** Seconds for which the world may remember a record. */
const ttl = 300;

/**
 * The site's names in its zone, where the stack names one: each leads to the site's address, and some say that no authority but Let's
 * Encrypt may issue their certificate. The zone itself is not the stack's, so that mail and other names in it outlive the stack. There is
 * no AAAA: a reserved IP is an IPv4 address, and a host's own IPv6 address goes away with the host.
 */
export function dnsRecords({ spec }: StackPlan, site: Component, address: pulumi.Input<string>): readonly DnsRecord[] {
  const { zone, domain, aliases } = spec.site;
  if (zone === "") return [];
  const guarded = caaNames(spec.site);
  return [domain, ...aliases].flatMap((full) => {
    const name = full === zone ? "@" : full.slice(0, -zone.length - 1);
    const record = new DnsRecord(`dns-${full}`, { domain: zone, name, type: "A", value: address, ttl }, site.child);
    if (!guarded.includes(full)) return [record];
    return [
      record,
      new DnsRecord(`caa-${full}`, { domain: zone, name, type: "CAA", flags: 0, tag: "issue", value: "letsencrypt.org.", ttl }, site.child),
    ];
  });
}
