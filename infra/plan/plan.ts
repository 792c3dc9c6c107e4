import type { DatabaseSpec, StackSpec } from "../config/spec";

/** Everything a target needs to know, worked out from the description alone. */
export interface StackPlan {
  readonly spec: StackSpec;
  readonly labels: Labels;
  /** Machines in creation order, the app's database excluded: a target brings that as the kind of service it has. */
  readonly hosts: readonly HostPlan[];
  readonly database: DatabaseSpec;
  readonly firewall: readonly FirewallRule[];
  readonly site: SitePlan;
  /** How somebody hears of the hosts' alerts without a mail server or a webhook of theirs. */
  readonly hostAlerts: "topic" | "page" | "none";
}

/** Labels of every resource of the stack; each target encodes them its own way. */
export interface Labels {
  readonly project: string;
  readonly stack: string;
  readonly app: string;
}

/** One machine. `name` is its identity: renaming it replaces the machine. */
export interface HostPlan {
  readonly name: string;
  readonly role: "web";
  /** Address in the private network; null where the target chooses it. */
  readonly privateAddress: string | null;
}

/** An opening. What no rule opens is closed. */
export interface FirewallRule {
  readonly to: "web" | "database" | "backup";
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly from: readonly FirewallSource[];
  readonly why: string;
}

export type FirewallSource =
  | { readonly kind: "cidr"; readonly cidr: string }
  | { readonly kind: "role"; readonly role: "web" };

export interface SitePlan {
  /** Names nginx answers to, the canonical one first; every other name is refused. */
  readonly names: readonly string[];
  readonly scheme: "http" | "https";
}
