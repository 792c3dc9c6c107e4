import { Vpc } from "@pulumi/digitalocean/vpc";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import type { Component } from "../component";

/** The private network of the hosts and the database. */
export function vpc({ spec, labels }: StackPlan, network: Component): Vpc {
  const inputs = {
    name: physicalName("network", labels.project, labels.stack),
    region: spec.host.region,
    ipRange: spec.network.range,
    description: `${labels.app}, stack ${labels.stack}`,
  };
  return new Vpc("network", inputs, network.child);
}
