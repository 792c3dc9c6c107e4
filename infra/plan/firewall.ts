import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import type { FirewallRule, FirewallSource } from "./plan";

const anywhere: readonly FirewallSource[] = [
  { kind: "cidr", cidr: "0.0.0.0/0" },
  { kind: "cidr", cidr: "::/0" },
];

/** What may come in, each opening with its reason. Everything else is closed. */
export function planFirewall(spec: StackSpec): readonly FirewallRule[] {
  const rules: FirewallRule[] = [{ to: "web", protocol: "tcp", port: 80, from: anywhere, why: "customers" }];
  if (spec.site.tls !== "none") {
    rules.push({ to: "web", protocol: "tcp", port: 443, from: anywhere, why: "customers, encrypted" });
  }
  if (spec.site.http3) rules.push({ to: "web", protocol: "udp", port: 443, from: anywhere, why: "customers, by HTTP/3" });
  const operators = spec.access.sshFrom.map((cidr): FirewallSource => ({ kind: "cidr", cidr }));
  rules.push({ to: "web", protocol: "tcp", port: 22, from: operators, why: "operators and releases" });
  if (spec.monitoring.nrpe !== null) {
    rules.push({ to: "web", protocol: "tcp", port: 5666, from: spec.monitoring.nrpe.allowedHosts.map((cidr): FirewallSource => ({ kind: "cidr", cidr })), why: "checks by NRPE" });
  }
  if (spec.database.kind === "managed") {
    const port = targetDefaults[spec.target].databasePorts[spec.database.engine];
    rules.push({ to: "database", protocol: "tcp", port, from: [{ kind: "role", role: "web" }], why: "application" });
  }
  return rules;
}
