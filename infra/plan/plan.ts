import type { DebianName } from "../config/catalog/debian";
import type { DatabaseSpec, StackSpec } from "../config/spec";
import type { HostNeed } from "../config/targets";

/** Everything a target needs to know, worked out from the description alone. */
export interface StackPlan {
  readonly spec: StackSpec;
  readonly labels: Labels;
  readonly groups: readonly Group[];
  /** Every machine of the stack, those that serve the site first. What the target brings as a service is none. */
  readonly hosts: readonly HostPlan[];
  readonly database: DatabaseSpec;
  readonly endpoints: Endpoints;
  readonly firewall: readonly FirewallRule[];
  readonly site: SitePlan;
  /** How somebody hears of the hosts' alerts without a mail server or a webhook of theirs. */
  readonly hostAlerts: "topic" | "page" | "none";
  /** What the target needs on its hosts, beside what the description asks for. */
  readonly needs: readonly HostNeed[];
}

/** Labels of every resource of the stack; each target encodes them its own way. */
export interface Labels {
  readonly project: string;
  readonly stack: string;
  readonly app: string;
}

/** What a machine is for: it serves the site, it is the app's database, it keeps the backups. */
export type Role = "web" | "database" | "backup";

/** The machines of one role. */
export interface Group {
  readonly role: Role;
  /** How many there are. */
  readonly size: number;
}

/** One machine. `name` is its identity: renaming it replaces the machine. */
export interface HostPlan {
  readonly name: string;
  readonly role: Role;
  /** Which of the region's zones it is in, where the target has them; a plan never names a provider's zone. */
  readonly zone: 0 | 1;
  /** Address in the private network; null where the target chooses it. */
  readonly address: string | null;
  /** The release that it is made with, which says which release of every server it has. */
  readonly debian: DebianName;
}

/** What hosts or people reach a part of the stack by. */
export interface Endpoint {
  /** Its address; null where it is known only once the target has made it, or is a secret. */
  readonly name: string | null;
  readonly port: number | null;
  /** On a host: the file with the certificates that sign its own; null where none is asked for. */
  readonly ca: string | null;
}

/** null for a part that the stack does without. */
export interface Endpoints {
  readonly database: Endpoint | null;
  readonly backups: Endpoint | null;
}

/** An opening. What no rule opens is closed. */
export interface FirewallRule {
  readonly to: Role;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly from: readonly FirewallSource[];
  readonly why: string;
}

export type FirewallSource = { readonly kind: "cidr"; readonly cidr: string } | { readonly kind: "role"; readonly role: Role };

export interface SitePlan {
  /** Names nginx answers to, the canonical one first; every other name is refused. */
  readonly names: readonly string[];
  readonly scheme: "http" | "https";
}
