import { ReservedIp } from "@pulumi/digitalocean/reservedIp";
import { ReservedIpAssignment } from "@pulumi/digitalocean/reservedIpAssignment";
import type * as pulumi from "@pulumi/pulumi";
import type { StackPlan } from "../../plan/plan";
import type { Component } from "../component";
import { refusingDestroy } from "../protection";
import type { DropletHost } from "./host";
import type { Kept } from "./snapshot";

/** The site's address: it stays when hosts come and go. */
export function siteAddress(plan: StackPlan, site: Component): ReservedIp {
  return new ReservedIp("address", { region: plan.spec.host.region }, { ...site.child, ...refusingDestroy(plan) });
}

/** A host that may have the site's address. */
export interface ReadyHost {
  readonly host: DropletHost;
  /** There once it serves. */
  readonly gate: pulumi.Resource;
  /** What is kept of the machine that it replaces. */
  readonly replaced: Promise<Kept>;
}

/**
 * Leads the site's address to a host that passed the gate, once there is a snapshot of the machine that it replaces. A replacement moves it
 * in one step, since the new assignment comes first and the end of the old one leaves an address alone that leads elsewhere by then.
 * https://github.com/digitalocean/terraform-provider-digitalocean/blob/main/digitalocean/reservedip/resource_reserved_ip_assignment.go
 */
export function leadTo(site: Component, address: ReservedIp, { host, gate, replaced }: ReadyHost): ReservedIpAssignment {
  const args = { ipAddress: address.ipAddress, dropletId: host.number };
  const dependsOn: Promise<pulumi.Resource[]> = replaced.then(({ snapshots }) => [gate, ...snapshots]);
  return new ReservedIpAssignment("address-assignment", args, { ...site.child, dependsOn });
}
