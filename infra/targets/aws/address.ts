import { Eip, EipAssociation } from "@pulumi/aws/ec2";
import type * as pulumi from "@pulumi/pulumi";
import { refusingDestroy } from "../protection";
import type { AwsHost } from "./host";
import { named, type Scope } from "./scope";

/** The site's public address, which outlives its machines. */
export const siteAddress = (scope: Scope): Eip =>
  new Eip("site-address", { domain: "vpc", tags: named(scope, "site") }, { ...scope.kept, ...refusingDestroy(scope.plan) });

/** A host that may have the site's address. */
export interface ReadyHost {
  readonly host: Pick<AwsHost, "interfaceId" | "siteAddress">;
  /** There once it serves. */
  readonly gate: pulumi.Resource;
}

/** Leads the site's address to a machine, once that has proved that it serves. */
export function leadTo(scope: Scope, site: Eip, { host, gate }: ReadyHost): EipAssociation {
  return new EipAssociation(
    "site-pointer",
    {
      allocationId: site.allocationId,
      networkInterfaceId: host.interfaceId,
      privateIpAddress: host.siteAddress,
      allowReassociation: true,
    },
    { ...scope.options, dependsOn: gate },
  );
}
