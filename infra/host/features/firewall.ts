import { chosenAddress } from "../../plan/addresses";
import { hostsOf } from "../../plan/hosts";
import type { FirewallRule, StackPlan } from "../../plan/plan";
import type { Feature } from "../feature";
import { file } from "../manifest";
import { render } from "../render";

/** netbase has /etc/protocols, which nft reads. */
export const firewallPackages: readonly string[] = ["netbase", "nftables"];

/** The host's own firewall: the plan's rules once more, for the day when the target's firewall is wrong. */
export const firewall: Feature = (plan, { role }) => {
  const rules = plan.firewall.filter(({ to }) => to === role).flatMap((rule) => ruleLines(rule, plan));
  return {
    packages: firewallPackages,
    files: [
      file("/etc/nftables.conf", render("firewall/nftables.conf", { rules: rules.map((line) => `        ${line}\n`).join("") }), {
        mode: "0755",
        onChange: [{ verb: "reload", unit: "nftables.service" }],
      }),
    ],
    checks: [{ below: "/etc/nftables.conf", command: ["/usr/sbin/nft", "--check", "--file", "/etc/nftables.conf"] }],
    units: ["nftables.service"],
  };
};

/** One line for each family of addresses; a rule from anywhere needs no addresses at all. */
function ruleLines({ protocol, port, from, why }: FirewallRule, plan: StackPlan): string[] {
  const cidrs = from.flatMap((source) =>
    source.kind === "cidr" ? [source.cidr] : hostsOf(plan, source.role).map((host) => `${chosenAddress(host)}/32`),
  );
  const open = `${protocol} dport ${port} accept comment "${why}"`;
  if (cidrs.includes("0.0.0.0/0") && cidrs.includes("::/0")) return [open];
  const families = [
    ["ip", cidrs.filter((cidr) => !cidr.includes(":"))],
    ["ip6", cidrs.filter((cidr) => cidr.includes(":"))],
  ] as const;
  return families.filter(([, list]) => list.length > 0).map(([family, list]) => `${family} saddr { ${list.join(", ")} } ${open}`);
}
