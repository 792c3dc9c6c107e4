import { Droplet, type DropletArgs } from "@pulumi/digitalocean/droplet";
import type { SshKey } from "@pulumi/digitalocean/sshKey";
import type { Tag } from "@pulumi/digitalocean/tag";
import type { Vpc } from "@pulumi/digitalocean/vpc";
import type * as pulumi from "@pulumi/pulumi";
import { isDebian } from "../../config/catalog/debian";
import { images } from "../../config/catalog/digitalocean";
import type { Secrets } from "../../config/load";
import type { SnapshotSpec } from "../../config/spec";
import { physicalName } from "../../plan/names";
import type { HostPlan, StackPlan } from "../../plan/plan";
import type { CloudMachine } from "../bringUp";
import { Component } from "../component";
import { firstContact, keepingUserData } from "../firstContact";
import type { FormerOutputs } from "../formerOutputs";
import { asDigitalOceanTags } from "./tags";

/** What a machine is made in and with. */
export interface HostArgs {
  readonly network: Vpc;
  readonly tag: Tag;
  readonly key: SshKey;
  readonly secrets: Secrets;
  /** What the last `up` left. */
  readonly former: Promise<FormerOutputs>;
}

/** What the site, its monitoring and its project know a machine by, too. */
export interface DropletHost extends CloudMachine {
  readonly number: pulumi.Output<number>;
  /** DigitalOcean's own name of it. */
  readonly urn: pulumi.Output<string>;
}

/**
 * A machine that becomes a host. What replaces it, and nothing else may: image, region, VPC, the stack's key. The keys of
 * people arrive with the bundle, since DigitalOcean would replace the machine for a changed list of them.
 * https://docs.digitalocean.com/reference/terraform/reference/resources/droplet/
 */
export function dropletHost(plan: StackPlan, planned: HostPlan, { network, tag, key, secrets, former }: HostArgs): DropletHost {
  const { spec, labels } = plan;
  const { name } = planned;
  const { token, userData } = firstContact(planned, { place: network.id, former, secrets });
  const inputs: DropletArgs = {
    name: physicalName("host", labels.project, labels.stack, name),
    image: imageName(spec.host.image),
    size: spec.host.size,
    region: spec.host.region,
    vpcUuid: network.id,
    // Without a key of the account, DigitalOcean mails a root password. user-data closes root's login.
    sshKeys: [key.fingerprint],
    tags: [...asDigitalOceanTags(labels), tag.name],
    userData,
    ipv6: true,
    // The agent that MonitorAlerts look through.
    monitoring: true,
    // The agent for the console in the browser, which is no way in that the plan has.
    // https://docs.digitalocean.com/products/droplets/how-to/manage-agent/
    dropletAgent: false,
    gracefulShutdown: true,
    // A larger disk is for good, so a larger size could not be taken back.
    resizeDisk: false,
    ...backups(spec.host.snapshots),
  };
  // Asked for a name of the program's own, the provider would delete the old machine first and take the site down. DigitalOcean itself lets
  // two machines have one name. https://github.com/pulumi/pulumi-terraform-bridge/blob/master/pkg/tfbridge/schema.go
  const part = new Component("Host", name);
  const machine = new Droplet(name, inputs, { ...part.child, deleteBeforeReplace: false, ...keepingUserData });
  return {
    name,
    part,
    resource: machine,
    replacedBy: name,
    address: machine.ipv4Address,
    token,
    // A text in Pulumi's ids.
    number: machine.id.apply(Number),
    urn: machine.dropletUrn,
  };
}

/** DigitalOcean's name of an image: of one of our own, its number. */
const imageName = (image: string): string => (isDebian(image) ? images[image] : image);

/** Images of the whole machine; how many are kept is fixed there. https://docs.digitalocean.com/products/backups/details/features/ */
function backups({ every, weekday, hour }: SnapshotSpec): {
  backups: boolean;
  backupPolicy?: { plan: string; weekday?: string; hour: number };
} {
  switch (every) {
    case "never":
      return { backups: false };
    case "day":
      return { backups: true, backupPolicy: { plan: "daily", hour } };
    case "week":
      return { backups: true, backupPolicy: { plan: "weekly", weekday: weekday.slice(0, 3).toUpperCase(), hour } };
  }
}
