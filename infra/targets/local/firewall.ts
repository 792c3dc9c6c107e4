import * as pulumi from "@pulumi/pulumi";
import { Firewall, type FirewallRuleArgs, type Network } from "../../../providers/nspawn/resources";
import { chosenAddress } from "../../plan/addresses";
import { hostsOf } from "../../plan/hosts";
import { physicalName } from "../../plan/names";
import type { HostPlan, Role, StackPlan } from "../../plan/plan";

/**
 * The plan's openings on the bridge.
 * @param databases the machines that are the database in this run; of somebody else's one, the machine that the stack had before
 */
export function localFirewall(plan: StackPlan, network: Network, databases: Promise<readonly HostPlan[]>): Firewall {
  return new Firewall("firewall", {
    name: physicalName("network", plan.labels.project, plan.labels.stack),
    range: network.range,
    rules: pulumi.output(databases.then((known) => rulesOf(plan, known))),
  });
}

function rulesOf(plan: StackPlan, databases: readonly HostPlan[]): readonly FirewallRuleArgs[] {
  const addressesOf = (role: Role) => (role === "database" ? databases : hostsOf(plan, role)).map(chosenAddress);
  return plan.firewall.flatMap(({ to, port, protocol, from, why }) => {
    const sources = from.flatMap((source) => {
      if (source.kind === "role") return addressesOf(source.role).map((address) => `${address}/32`);
      return source.cidr.includes(":") ? [] : [source.cidr];
    });
    return addressesOf(to).map((address) => ({ address, port, protocol, from: sources, why }));
  });
}
