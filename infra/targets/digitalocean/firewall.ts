import { Firewall } from "@pulumi/digitalocean/firewall";
import type { Tag } from "@pulumi/digitalocean/tag";
import { physicalName } from "../../plan/names";
import type { FirewallRule, StackPlan } from "../../plan/plan";
import type { Component } from "../component";
import { databasePorts } from "./database";

const anywhere = ["0.0.0.0/0", "::/0"];

/** What may leave a host; with no rule at all nothing could. `why` is for readers: DigitalOcean keeps no comments. */
const outbound: readonly { protocol: "tcp" | "udp"; port: string; why: string }[] = [
  { protocol: "udp", port: "53", why: "names" },
  { protocol: "tcp", port: "53", why: "names whose answers are long" },
  { protocol: "udp", port: "123", why: "the clock, which certificates and backups depend on" },
  { protocol: "tcp", port: "80", why: "Debian's packages, the metadata service" },
  { protocol: "tcp", port: "443", why: "the certificate authority, backups, and the services that the app asks" },
];

/** DigitalOcean's firewall around the web hosts: the plan's openings, and the least that a host must reach. */
export function firewall(plan: StackPlan, network: Component, tag: Tag): Firewall {
  const { spec, labels, database } = plan;
  const inputs = {
    name: physicalName("network", labels.project, labels.stack, "web"),
    tags: [tag.name],
    inboundRules: plan.firewall.filter(({ to }) => to === "web").map(inbound),
    outboundRules: [
      ...outbound.map(({ protocol, port }) => ({ protocol, portRange: port, destinationAddresses: anywhere })),
      ...spec.network.outbound.map((port) => ({ protocol: "tcp", portRange: String(port), destinationAddresses: anywhere })),
      // The database, in the private network only; also where it is somebody else's by now, since a stack that had its own serves from that
      // until its hosts have moved.
      ...(database.kind === "none" ? [] : [{ protocol: "tcp", portRange: databasePorts, destinationAddresses: [spec.network.range] }]),
    ],
  };
  return new Firewall("firewall", inputs, network.child);
}

function inbound({ protocol, port, from }: FirewallRule) {
  const sources = from.map((source) => {
    if (source.kind === "role") throw new Error(`port ${port}: the plan lets no host in to another web host`);
    return source.cidr;
  });
  return { protocol, portRange: String(port), sourceAddresses: sources };
}
