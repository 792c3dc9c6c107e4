import type { Droplet } from "@pulumi/digitalocean/droplet";
import { ReservedIp } from "@pulumi/digitalocean/reservedIp";
import { ReservedIpAssignment } from "@pulumi/digitalocean/reservedIpAssignment";
import type * as pulumi from "@pulumi/pulumi";
import type { StackPlan } from "../../plan/plan";
import { refusingDestroy } from "../protection";
import { dropletNumber } from "./host";
import type { Kept } from "./snapshot";

/** The site's address: it stays when hosts come and go. */
export function siteAddress(plan: StackPlan): ReservedIp {
  return new ReservedIp("address", { region: plan.spec.host.region }, refusingDestroy(plan));
}

/**
 * Leads the site's address to a host that passed the gate, once there is a snapshot of the machine that it replaces. A replacement moves it
 * in one step, since the new assignment comes first and the end of the old one leaves an address alone that leads elsewhere by then.
 * https://github.com/digitalocean/terraform-provider-digitalocean/blob/main/digitalocean/reservedip/resource_reserved_ip_assignment.go
 */
export function leadTo(address: ReservedIp, machine: Droplet, gate: pulumi.Resource, replaced: Promise<Kept>): ReservedIpAssignment {
  const args = { ipAddress: address.ipAddress, dropletId: dropletNumber(machine) };
  const dependsOn: Promise<pulumi.Resource[]> = replaced.then(({ snapshots }) => [gate, ...snapshots]);
  return new ReservedIpAssignment("address-assignment", args, { dependsOn });
}
