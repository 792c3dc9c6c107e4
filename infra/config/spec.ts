/**
 * The checked description of one stack: complete and read-only. Every default has been filled in, so no later stage
 * decides anything about missing values. Made only by {@link parseSpec}.
 */

import type { DebianName } from "./catalog/debian";

export type TargetName = "digitalocean" | "aws" | "local";

export interface StackSpec {
  readonly project: string;
  readonly stack: string;
  readonly target: TargetName;
  /** What no command of this program deletes. */
  readonly protect: "data" | "nothing";
  readonly app: AppSpec;
  readonly services: readonly ServiceSpec[];
  readonly static: readonly StaticSpec[];
  readonly release: ReleaseSpec;
  readonly jobs: readonly JobSpec[];
  /** Settings of the app that are no secret; handed to services, jobs and release steps alike. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of the app's secrets. Their values never enter the spec. */
  readonly secrets: readonly string[];
  readonly site: SiteSpec;
  readonly host: HostSpec;
  readonly network: NetworkSpec;
  readonly database: DatabaseSpec;
  readonly backup: BackupSpec;
  readonly monitoring: MonitoringSpec;
  readonly policy: PolicySpec;
  readonly access: AccessSpec;
}

export interface AppSpec {
  /** Names the system user, the units' slice and the labels: 2 to 20 lower-case letters, digits and dashes. */
  readonly name: string;
  /** Folder of the application, relative to the folder of Pulumi.yaml. */
  readonly source: string;
  /** File with hashed requirements (`pip install --require-hashes`), relative to `source`. */
  readonly requirements: string;
  /** Debian packages by which hosts compile the Python packages that `requirements` names by their source. */
  readonly buildPackages: readonly string[];
  /** Globs below `source` that are no part of a release, beside `.git`, `__pycache__`, `*.pyc` and `.venv`. */
  readonly exclude: readonly string[];
}

/** A process of the app that runs all the time. What its kind alone knows of it, such as its command, is in infra/services. */
export interface ServiceSpec {
  readonly name: string;
  /** A word of infra/services/registry.ts. */
  readonly kind: string;
  /** Memory limit of the unit, one slot. */
  readonly memoryMiB: number;
  /** Names of services that must be up before this one starts. */
  readonly after: readonly string[];
}

/** One that answers HTTP on a socket of its own, in one of two slots, behind nginx. */
export interface HttpServiceSpec extends ServiceSpec {
  /** URL prefix that nginx hands to this service, beginning and ending with "/". */
  readonly path: string;
  /** Also listens on this port of 127.0.0.1, for programs of the same host that want a port. 0 = no port. */
  readonly port: number;
  readonly health: HealthSpec;
  /** A request may take this long before nginx answers 504. */
  readonly timeoutSeconds: number;
  /** How long the old slot may finish its requests after the switch. */
  readonly drainSeconds: number;
}

export interface HealthSpec {
  /** Answers 200 when the service can do its work. */
  readonly path: string;
  /** Any answer here means that the process works. */
  readonly live: string;
  /** A new slot has this long to answer before its release is refused. */
  readonly startSeconds: number;
}

export interface StaticSpec {
  /** URL prefix, beginning and ending with "/". */
  readonly url: string;
  /** Folder in the release, filled by its steps; relative. */
  readonly folder: string;
}

export interface ReleaseSpec {
  /** Run in the new release, in order, before any process of it starts. */
  readonly steps: readonly ReleaseStepSpec[];
  /**
   * Commands that name the state of the database, bring it back, and tell whether the steps would change it; `down` and `check` are
   * empty where there are none.
   */
  readonly schema: { readonly revision: readonly string[]; readonly down: readonly string[]; readonly check: readonly string[] } | null;
  /** Whether the database is saved before the steps, where backups are kept. */
  readonly restorePoint: boolean;
  /** A step that waits longer for a lock of the database is ended. */
  readonly lockTimeoutSeconds: number;
  /** Releases kept on the host, the serving one included. */
  readonly keep: number;
}

export interface ReleaseStepSpec {
  readonly name: string;
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
}

export interface JobSpec {
  readonly name: string;
  readonly command: readonly string[];
  /** systemd.time(7) calendar expression, in UTC. */
  readonly schedule: string;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
}

export interface SiteSpec {
  /** Public name, or "" for a site reached by its address alone. */
  readonly domain: string;
  readonly aliases: readonly string[];
  readonly tls: "letsencrypt" | "none";
  /** How the certificate is ordered; without meaning where tls is "none". */
  readonly acme: AcmeSpec;
  /** DNS zone in which the target makes the site's records, or "" where they are made elsewhere. */
  readonly zone: string;
  /** What becomes of records of the site's names that are in the zone already. */
  readonly existingRecords: "refuse" | "replace";
  /** Whether visitors may come by HTTP/3, too. */
  readonly http3: boolean;
  /**
   * Which of the site's names get a record that says who may issue their certificates: those below the zone, the zone's own name too, or
   * none.
   */
  readonly caa: "subdomains" | "all" | "none";
  /** Largest request body. */
  readonly maxBodyMiB: number;
  /** Exact paths that nginx serves without an access log line, such as a site icon. */
  readonly quietPaths: readonly string[];
  /** Exact path that nginx answers itself with {"maintenance": true | false, ...}. */
  readonly maintenancePath: string;
}

export interface AcmeSpec {
  /** URL of the certificate authority's directory, RFC 8555. */
  readonly directory: string;
  readonly email: string;
  /** PEM text of who signed the directory's own certificate; "" means Debian's list decides. */
  readonly ca: string;
}

export interface HostSpec {
  /** A release of Debian, or the target's name of an image that was made of a host of this stack. */
  readonly image: string;
  /** The release of Debian that is in the image. */
  readonly debian: DebianName;
  /** The target's name of the machine size; "" means memoryMiB and cpus decide. */
  readonly size: string;
  readonly region: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Debian packages the app needs on the host. */
  readonly packages: readonly string[];
  /** What a burstable machine does beyond its baseline once its credits are used up: cost more, or slow down. */
  readonly cpuCredits: "unlimited" | "standard";
  readonly snapshots: SnapshotSpec;
}

/** Images of the whole machine that the target keeps. */
export interface SnapshotSpec {
  readonly every: "day" | "week" | "never";
  /** Of weekly images. */
  readonly weekday: Weekday;
  /** UTC. */
  readonly hour: number;
  readonly keep: number;
}

export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

export interface NetworkSpec {
  /** Private network of the stack, an IPv4 CIDR of /16 to /28. */
  readonly range: string;
  /** How machines without a public address reach the Internet. */
  readonly nat: "none" | "gateway";
  readonly flowLogs: boolean;
  /** TCP ports of the Internet that the app reaches beside 80 and 443. */
  readonly outbound: readonly number[];
}

export type DatabaseSpec =
  | { readonly kind: "none" }
  | {
      readonly kind: "managed";
      readonly engine: "postgres" | "mysql";
      readonly version: string;
      readonly name: string;
      readonly user: string;
      readonly size: string;
      readonly storageGiB: number;
      /** Connections the database accepts from the app. */
      readonly connections: number;
      readonly memoryMiB: number;
      /** Between app and database; a transaction is all that one server's session is lent for. */
      readonly pool: "none" | "transaction";
      /** A second server that takes over when the first fails. */
      readonly standby: boolean;
      /** The target may enlarge the disk up to this; equal to storageGiB where it may not. */
      readonly storageLimitGiB: number;
      /** Days to which the target itself can bring the database back. */
      readonly keepDays: number;
      /** When the target may work on it; hour in UTC. */
      readonly maintenance: { readonly weekday: Weekday; readonly hour: number };
      /** The database is made as a copy of this one; `at` is an RFC 3339 moment in UTC, or "" for its newest state. */
      readonly restore: { readonly from: string; readonly at: string } | null;
    }
  | {
      /** Somebody else's service: its address is a secret, and all else is that service's affair. */
      readonly kind: "external";
      readonly engine: "postgres";
      readonly connections: number;
      readonly pool: "none";
      /** PEM text of who signs its certificate; "" means Debian's list decides. */
      readonly ca: string;
    };

export type ManagedDatabase = Extract<DatabaseSpec, { kind: "managed" }>;

export interface BackupSpec {
  readonly enabled: boolean;
  /** systemd.time(7) calendar expression, in UTC. */
  readonly schedule: string;
  readonly keepDays: number;
  /** After those days, the last backup of each of so many weeks and months. */
  readonly keepWeekly: number;
  readonly keepMonthly: number;
  /** Folders of uploaded media below /srv/webstack/shared/data; services and jobs may write them. */
  readonly paths: readonly string[];
  readonly drill: DrillSpec;
  /** Daily dumps by the target's batch service, at an hour in UTC, kept so many days; null where the host alone makes backups. */
  readonly batch: { readonly hour: number; readonly keepDays: number } | null;
}

export interface DrillSpec {
  /** systemd.time(7) calendar expression, in UTC. */
  readonly schedule: string;
  /** Whether the services are started on the restored database, beside the site, and their health pages asked. */
  readonly health: boolean;
  /** Asked of every restored database; `expect` is what psql or mariadb print without headings. */
  readonly checks: readonly { readonly sql: string; readonly expect: string }[];
}

export interface MonitoringSpec {
  /** Receivers of alerts. */
  readonly emails: readonly string[];
  /** Receives alerts, too; null where it does not. */
  readonly slack: { readonly channel: string } | null;
  /** US dollars a month that the stack may cost; 0 means that nobody said. */
  readonly budget: number;
  /** How hosts send e-mail; null where they do not. */
  readonly smtp: SmtpSpec | null;
  /** Where releases are announced, or null. */
  readonly sentry: { readonly organization: string; readonly project: string; readonly url: string } | null;
  /** Networks that may ask the hosts' NRPE server, or null where there is none. */
  readonly nrpe: { readonly allowedHosts: readonly string[] } | null;
}

export interface SmtpSpec {
  readonly host: string;
  readonly port: number;
  readonly tls: "starttls" | "tls" | "none";
  /** "" means no login; its password is the secret smtpPassword. */
  readonly user: string;
  readonly from: string;
}

export interface AccessSpec {
  /** CIDRs that may open SSH connections. */
  readonly sshFrom: readonly string[];
  /** Whether people may open a shell through the target's own service. */
  readonly sessions: boolean;
  /** Public keys of people, beside the stack's own key. */
  readonly sshKeys: readonly string[];
}

export interface PolicySpec {
  /** Rules that one resource may break, each with the reason that somebody wrote. */
  readonly exceptions: readonly { readonly rule: string; readonly resource: string; readonly reason: string }[];
}
