import { DropletSnapshot } from "@pulumi/digitalocean/dropletSnapshot";
import { getDroplets } from "@pulumi/digitalocean/getDroplets";
import { getImages } from "@pulumi/digitalocean/getImages";
import { physicalName } from "../../plan/names";
import type { Labels, StackPlan } from "../../plan/plan";
import type { FormerOutputs } from "../formerOutputs";
import { ofAccount } from "./account";
import type { DropletHost } from "./host";

/** What is kept of a host's replaced machine: one snapshot, or nothing. */
export interface Kept {
  readonly snapshots: readonly DropletSnapshot[];
  /** Number of that machine. */
  readonly of: string | undefined;
}

/**
 * Keeps a snapshot of the machine that the host ran on before. When this run replaces the machine, whatever the reason, the one that served
 * until now is taken while both are there, and the snapshot before goes at the end of the run. One `dropletId: droplet.id` could not do
 * that: it is the new machine's by then. What the cloud has no more, neither machine nor snapshot, is left out.
 */
export async function keepReplaced(
  { labels }: StackPlan,
  { name, part, resource }: DropletHost,
  former: Promise<FormerOutputs>,
): Promise<Kept> {
  const { machine: served, snapshotOf } = (await former).hosts.find((host) => host.name === name) ?? {};
  const candidates = [
    ...(served !== undefined && (await isReplaced(resource, served)) ? [served] : []),
    ...(snapshotOf === undefined ? [] : [snapshotOf]),
  ];
  for (const of of candidates) {
    const snapshot = snapshotName(labels, name, of);
    if (await canBeHad(of, snapshot))
      return { snapshots: [new DropletSnapshot(`${name}-snapshot`, { name: snapshot, dropletId: of }, part.child)], of };
  }
  return { snapshots: [], of: undefined };
}

const snapshotName = ({ project, stack }: Labels, host: string, machine: string): string =>
  physicalName("host", project, stack, host, machine);

/** In a preview, the number of a machine that is going to be made is not known; in an `up` it is another one. */
async function isReplaced({ id }: DropletHost["resource"], served: string): Promise<boolean> {
  // Left out of the SDK's types: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/output.ts
  const { isKnown } = id as typeof id & { readonly isKnown: Promise<boolean> };
  return !(await isKnown) || (await new Promise<string>((resolve) => id.apply(resolve))) !== served;
}

/** Whether a snapshot is there, or the machine to take it of. */
async function canBeHad(machine: string, snapshot: string): Promise<boolean> {
  const [{ images }, { droplets }] = await Promise.all([
    ofAccount("the images of the account", getImages({ filters: [{ key: "name", values: [snapshot] }] })),
    ofAccount("the Droplets of the account", getDroplets({ filters: [{ key: "id", values: [machine] }] })),
  ]);
  return images.length + droplets.length > 0;
}
