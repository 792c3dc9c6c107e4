import { Droplet, type DropletArgs } from "@pulumi/digitalocean/droplet";
import type { SshKey } from "@pulumi/digitalocean/sshKey";
import type { Tag } from "@pulumi/digitalocean/tag";
import type { Vpc } from "@pulumi/digitalocean/vpc";
import type * as pulumi from "@pulumi/pulumi";
import { isDebian } from "../../config/catalog/debian";
import { images } from "../../config/catalog/digitalocean";
import type { SnapshotSpec } from "../../config/spec";
import { physicalName } from "../../plan/names";
import type { HostPlan, StackPlan } from "../../plan/plan";
import { keepingUserData } from "../firstContact";
import { asDigitalOceanTags } from "./tags";

/**
 * A machine that becomes a host. What replaces it, and nothing else may: image, region, VPC, the stack's key. The keys of
 * people arrive with the bundle, since DigitalOcean would replace the machine for a changed list of them.
 * https://docs.digitalocean.com/reference/terraform/reference/resources/droplet/
 */
export function droplet(plan: StackPlan, host: HostPlan, network: Vpc, tag: Tag, key: SshKey, userData: pulumi.Input<string>): Droplet {
  const { spec, labels } = plan;
  const inputs: DropletArgs = {
    name: physicalName("host", labels.project, labels.stack, host.name),
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
  return new Droplet(host.name, inputs, { deleteBeforeReplace: false, ...keepingUserData });
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

/** DigitalOcean's numbers of machines are texts in Pulumi's ids. */
export const dropletNumber = (machine: Droplet): pulumi.Output<number> => machine.id.apply(Number);
