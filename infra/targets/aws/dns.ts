import { getZoneOutput, Record } from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "./scope";

/** Names of the site in the zone that is there already. */
export function awsRecords(scope: Scope, address: pulumi.Input<string>): void {
  const { site } = scope.plan.spec;
  if (site.zone === "") return;
  const zoneId = getZoneOutput({ name: site.zone, privateZone: false }, scope.options).zoneId;
  // The one authority whose name in such records is known here.
  const issued = site.tls === "letsencrypt" && new URL(site.acme.directory).host.endsWith(".letsencrypt.org");
  for (const name of [site.domain, ...site.aliases]) {
    new Record(`${name}-a`, { zoneId, name, type: "A", ttl: 300, records: [address] }, scope.options);
    if (issued) new Record(`${name}-caa`, { zoneId, name, type: "CAA", ttl: 300, records: ['0 issue "letsencrypt.org"'] }, scope.options);
  }
}
