import { connectionsFor, databases, instances, supportedUntil as onAws } from "./catalog/aws";
import { type DebianName, serversUpTo } from "./catalog/debian";
import { supportedUntil as onDigitalOcean } from "./catalog/digitalocean";
import type { TargetName } from "./spec";

/**
 * What a target needs on the hosts that serve: a second address to lead the site's public one to, agents of its own, a login to the
 * database that is followed where the target keeps it, and its metadata service, which tells programs who the machine is.
 */
export type HostNeed = "siteAddress" | "agents" | "keptLogin" | "machineRole";

/** What a description may leave out because the target decides it. */
export interface TargetDefaults {
  /** Reachable from the Internet, so that names, certificates and SSH sources matter. */
  readonly public: boolean;
  /** What it brings as a service of its own; for anything else of these the stack has a machine. */
  readonly services: readonly ("database" | "backup")[];
  /** Whether a machine's private address is of our choice. */
  readonly choosesAddresses: boolean;
  /** Whether a machine reaches every port of the Internet, and not only those that `network.outbound` names. */
  readonly opensPorts: boolean;
  readonly region: string;
  readonly hostSize: string;
  readonly databaseSize: string;
  readonly storageGiB: number;
  /**
   * By what it tells people of a host's alerts, where monitoring names somebody: a topic that the host publishes to, a page that the target
   * asks, or nothing.
   */
  readonly hostAlerts: "topic" | "page" | "none";
  readonly needs: readonly HostNeed[];
  /** How often it keeps an image of the machine. */
  readonly snapshots: "day" | "week" | "never";
  /** Versions on offer for a host of this Debian; the first is the default. */
  versions(debian: DebianName): Readonly<Record<"postgres" | "mysql", readonly [string, ...string[]]>>;
  /** Port on which a database of its service answers. */
  readonly databasePorts: Readonly<Record<"postgres" | "mysql", number>>;
  /** Connections that a database with this much memory leaves to the app. */
  connections(engine: "postgres" | "mysql", memoryMiB: number): number;
}

/** Those that each engine answers on unless told otherwise. */
const enginePorts = { postgres: 5432, mysql: 3306 } as const;

/** Versions of a catalog beside the default. */
const others = (first: string, offered: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.keys(offered).filter((version) => version !== first);

export const targetDefaults: Readonly<Record<TargetName, TargetDefaults>> = {
  digitalocean: {
    public: true,
    services: ["database", "backup"],
    choosesAddresses: false,
    opensPorts: false,
    region: "fra1",
    hostSize: "s-1vcpu-2gb",
    databaseSize: "db-s-1vcpu-1gb",
    storageGiB: 10,
    hostAlerts: "page",
    needs: [],
    snapshots: "week",
    versions: () => ({ postgres: ["15", ...others("15", onDigitalOcean.postgres)], mysql: ["8", ...others("8", onDigitalOcean.mysql)] }),
    // https://docs.digitalocean.com/products/databases/postgresql/how-to/connect/
    databasePorts: { postgres: 25060, mysql: 25060 },
    // PostgreSQL: 25 for each GiB, 3 of them kept for maintenance; MySQL: 75 for each GiB.
    // https://docs.digitalocean.com/products/databases/postgresql/details/limits/
    connections: (engine, memoryMiB) =>
      engine === "postgres" ? Math.floor((25 * memoryMiB) / 1024) - 3 : Math.floor((75 * memoryMiB) / 1024),
  },
  aws: {
    public: true,
    services: ["database", "backup"],
    choosesAddresses: false,
    opensPorts: false,
    region: "eu-central-1",
    hostSize: "t3.small",
    databaseSize: "db.t4g.micro",
    storageGiB: 20,
    hostAlerts: "topic",
    needs: ["siteAddress", "agents", "keptLogin", "machineRole"],
    snapshots: "day",
    versions: () => ({ postgres: ["15", ...others("15", onAws.postgres)], mysql: ["8.4", ...others("8.4", onAws.mysql)] }),
    databasePorts: enginePorts,
    connections: connectionsFor,
  },
  local: {
    public: false,
    services: [],
    choosesAddresses: true,
    opensPorts: true,
    region: "",
    hostSize: "",
    databaseSize: "",
    storageGiB: 10,
    hostAlerts: "none",
    needs: [],
    snapshots: "never",
    // Its database machine has the Debian that brings the version; MariaDB stands for MySQL.
    versions: (debian) => ({ postgres: serversUpTo(debian, "postgres"), mysql: serversUpTo(debian, "mariadb") }),
    databasePorts: enginePorts,
    // What both servers of Debian accept by default.
    connections: () => 100,
  },
};

/**
 * Whether the target has a pooler for the engine:
 * https://docs.digitalocean.com/products/databases/postgresql/how-to/manage-connection-pools/
 */
export const hasPools = (target: TargetName, engine: "postgres" | "mysql"): boolean => target === "digitalocean" && engine === "postgres";

/** How each target names images that were made of hosts; this box has none. */
const ownImages: Readonly<Record<TargetName, RegExp | null>> = {
  digitalocean: /^[1-9]\d*$/,
  aws: /^ami-([0-9a-f]{8}|[0-9a-f]{17})$/,
  local: null,
};

/** Whether it is an image of one's own, and not a release of Debian. */
export const isOwnImage = (target: TargetName, image: string): boolean => ownImages[target]?.test(image) === true;

export interface Size {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** How Debian names the processors of a size. */
export const architectureOf = (size: string): "amd64" | "arm64" => instances[size]?.architecture ?? "amd64";

/** Cores and memory as far as the name of a size tells them: `s-2vcpu-4gb`, `db-s-1vcpu-1gb`, `t3.small`, `db.t4g.micro`. */
export function sizeOf(name: string): Size | undefined {
  const droplet = /^(?:db-)?[a-z0-9]+-(\d+)vcpu-(\d+)(gb|mb)(?:-|$)/.exec(name);
  if (droplet !== null) return { cpus: Number(droplet[1]), memoryMiB: Number(droplet[2]) * (droplet[3] === "gb" ? 1024 : 1) };
  return instances[name] ?? databases[name];
}
