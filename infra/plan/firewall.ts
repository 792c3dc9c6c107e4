import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import { gatewayIn } from "./addresses";
import type { FirewallRule, FirewallSource, Group, Role } from "./plan";

const anywhere = cidrs("0.0.0.0/0", "::/0");
const webHosts: readonly FirewallSource[] = [{ kind: "role", role: "web" }];

/** What may come in to any machine or service of the stack, each opening with its reason. Everything else is closed. */
export function planFirewall(spec: StackSpec, groups: readonly Group[]): readonly FirewallRule[] {
  return [...webRules(spec), ...databaseRules(spec), ...operatorRules(spec, groups), ...backupRules(groups)];
}

function webRules({ site, access, monitoring: { nrpe } }: StackSpec): readonly FirewallRule[] {
  const to = (port: number, from: readonly FirewallSource[], why: string, protocol: FirewallRule["protocol"] = "tcp"): FirewallRule => ({
    to: "web",
    protocol,
    port,
    from,
    why,
  });
  return [
    to(80, anywhere, "customers"),
    ...(site.tls === "none" ? [] : [to(443, anywhere, "customers, encrypted")]),
    ...(site.http3 ? [to(443, anywhere, "customers, by HTTP/3", "udp")] : []),
    to(22, cidrs(...access.sshFrom), "operators and releases"),
    ...(nrpe === null ? [] : [to(5666, cidrs(...nrpe.allowedHosts), "checks by NRPE")]),
  ];
}

function databaseRules({ target, database }: StackSpec): readonly FirewallRule[] {
  if (database.kind === "none") return [];
  const { services, databasePorts } = targetDefaults[target];
  const open = (why: string): FirewallRule => ({
    to: "database",
    protocol: "tcp",
    port: databasePorts[database.engine],
    from: webHosts,
    why,
  });
  if (database.kind === "managed") return [open("application")];
  // A stack that had a machine for it serves from that until its hosts have moved; a cloud's service has a firewall of its own, which stays
  // as long.
  return services.includes("database") ? [] : [open("the database before this one")];
}

/** Machines that a cloud would bring as a service, so that nobody logs in but who rehearses, from this box. */
function operatorRules({ network }: StackSpec, groups: readonly Group[]): readonly FirewallRule[] {
  const rehearsed = (["database", "backup"] as const).filter((role) => has(groups, role));
  return rehearsed.map((to) => ({ to, protocol: "tcp", port: 22, from: cidrs(gatewayIn(network.range)), why: "the rehearsal's operator" }));
}

function backupRules(groups: readonly Group[]): readonly FirewallRule[] {
  return has(groups, "backup") ? [{ to: "backup", protocol: "tcp", port: 22, from: webHosts, why: "backups" }] : [];
}

const has = (groups: readonly Group[], role: Role): boolean => groups.some((group) => group.role === role);

function cidrs(...ranges: readonly string[]): readonly FirewallSource[] {
  return ranges.map((cidr) => ({ kind: "cidr", cidr }));
}
