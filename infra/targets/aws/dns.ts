import { getZone, Record } from "@pulumi/aws/route53";
import * as pulumi from "@pulumi/pulumi";
import { caaNames } from "../../plan/caa";
import { ofAccount } from "./account";
import type { Scope } from "./scope";

/**
 * Names of the site in the zone that is there already. They lead to the site's address once `serving` is there, so that a site that moves
 * is served all the while.
 */
export function awsRecords(scope: Scope, address: pulumi.Input<string>, serving: pulumi.Resource): readonly Record[] {
  const { site } = scope.plan.spec;
  if (site.zone === "") return [];
  const zoneId = pulumi.output(ofAccount(`the zone ${site.zone}`, getZone({ name: site.zone, privateZone: false }, scope.options))).zoneId;
  const options = { ...scope.options, dependsOn: serving };
  // Route 53 makes no second record of a name and type; with this word it changes the one that is there. Who else may sign is for people to
  // say.
  const over = site.existingRecords === "replace" ? { allowOverwrite: true } : {};
  return [
    ...[site.domain, ...site.aliases].map(
      (name) => new Record(`${name}-a`, { zoneId, name, type: "A", ttl: 300, records: [address], ...over }, options),
    ),
    ...caaNames(site).map(
      (name) => new Record(`${name}-caa`, { zoneId, name, type: "CAA", ttl: 300, records: ['0 issue "letsencrypt.org"'] }, options),
    ),
  ];
}
