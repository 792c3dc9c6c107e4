import { Tag } from "@pulumi/digitalocean/tag";
import { physicalName } from "../../plan/names";
import type { Labels, StackPlan } from "../../plan/plan";
import type { Component } from "../component";

/** Labels as tags, which are plain words here: `{stack: "prod", app: "shop"}` is `["app:shop", "stack:prod"]`. */
export function asDigitalOceanTags(labels: Labels): readonly string[] {
  return Object.entries(labels)
    .map(([key, value]) => `${key}:${value}`)
    .sort();
}

/**
 * The tag that the stack's web hosts carry from their first second on: both firewalls select by it, so that a new host is let in to the
 * database before it serves. It is a resource of its own, since a firewall may only name a tag that is there.
 */
export function hostTag({ labels }: StackPlan, network: Component): Tag {
  return new Tag("host-tag", { name: physicalName("network", labels.project, labels.stack, "web") }, network.child);
}
