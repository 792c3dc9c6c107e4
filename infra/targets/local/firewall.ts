import * as pulumi from "@pulumi/pulumi";
import { Firewall, type FirewallRuleArgs, type Network } from "../../../providers/nspawn/resources";
import { targetDefaults } from "../../config/targets";
import { databaseAddress } from "../../host/database/server";
import { physicalName } from "../../plan/names";
import { addressIn, chosenAddress, privateAddress } from "../../plan/network";
import type { FirewallRule, StackPlan } from "../../plan/plan";
import type { Places } from "./move";

/** The plan's openings on the bridge, and SSH from this box to the database's machine, which a managed one would not have. */
export function localFirewall(plan: StackPlan, network: Network, places: Promise<Places>): Firewall {
  return new Firewall("firewall", {
    name: physicalName("network", plan.labels.project, plan.labels.stack),
    range: network.range,
    rules: pulumi.output(places.then((known) => rulesOf(plan, known))),
  });
}

function rulesOf(plan: StackPlan, { serving, from }: Places): readonly FirewallRuleArgs[] {
  const { spec, hosts, database } = plan;
  const machines = (from === null ? [serving] : [serving, from.name]).map((name) => databaseAddress(plan, name));
  const addresses: Record<FirewallRule["to"], readonly string[]> = {
    web: hosts.map(chosenAddress),
    database: database.kind !== "managed" ? [] : machines,
    backup: spec.backup.enabled ? [privateAddress(spec.network.range, "backup")] : [],
  };
  const sources = (rule: FirewallRule) =>
    rule.from.flatMap((source) => {
      if (source.kind === "role") return addresses[source.role].map((address) => `${address}/32`);
      return source.cidr.includes(":") ? [] : [source.cidr];
    });
  const operator = [...addresses.database, ...addresses.backup].map((address) => ({
    address,
    port: 22,
    protocol: "tcp" as const,
    from: [`${addressIn(spec.network.range, 1)}/32`],
    why: "the rehearsal's operator",
  }));
  const planned = plan.firewall.flatMap((rule) =>
    addresses[rule.to].map((address) => ({ address, port: rule.port, protocol: rule.protocol, from: sources(rule), why: rule.why })),
  );
  // A stack that had a database of its own serves from that until its hosts have moved.
  const left = database.kind !== "external" ? [] : machines.map((address) => ({
    address,
    port: targetDefaults.local.databasePorts[database.engine],
    protocol: "tcp" as const,
    from: addresses.web.map((web) => `${web}/32`),
    why: "the database before this one",
  }));
  const backups = addresses.backup.map((address) => ({
    address,
    port: 22,
    protocol: "tcp" as const,
    from: addresses.web.map((web) => `${web}/32`),
    why: "backups",
  }));
  return [...planned, ...left, ...operator, ...backups];
}
