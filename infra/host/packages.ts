import { type DebianName, debians } from "../config/catalog/debian";
import type { DatabaseSpec, StackSpec } from "../config/spec";
import { kindOf } from "../services";
import { externalPackages } from "./externalDatabase";
import { hardeningPackages } from "./hardening";
import { nrpePackages } from "./nrpe";

type Engine = Extract<DatabaseSpec, { kind: "managed" }>["engine"];

// netbase has /etc/protocols, which nft reads.
const web = [...hardeningPackages, "logrotate", "netbase", "nginx-light", "nftables", "openssl", "python3", "python3-pip", "python3-venv"];
const databaseServer = [...hardeningPackages, "netbase", "nftables", "openssl", "python3"];

/** Debian packages of a machine that keeps backups. */
export const backupMachinePackages: readonly string[] = [...hardeningPackages, "netbase", "nftables", "python3"];

/** See docs/decisions/0008-lego-orders-the-certificate.md. */
const acmeClient = "lego";

/** Package of the server of an engine; MariaDB's has no version in its name. */
export const databaseServerPackage = (engine: Engine, debian: DebianName): string => (engine === "postgres" ? `postgresql-${debians[debian].postgres}` : "mariadb-server");

/** The client that dumps, restores and looks for waiting sessions; a dump by an older pg_dump than the server is refused. */
export const databaseClient = (engine: Engine, debian: DebianName): string => (engine === "postgres" ? `postgresql-client-${debians[debian].postgres}` : "mariadb-client");

/**
 * Packages of a host that serves the site, sorted. A golden image has those of every stack already, elsewhere the first bundle installs them, as it
 * does with the packages that an app asks for.
 */
export function webPackages(spec: StackSpec): readonly string[] {
  const { site, database, backup, host } = spec;
  return sorted([
    ...web,
    ...(site.tls === "none" ? [] : [acmeClient]),
    ...(database.kind === "none" ? [] : [databaseClient(database.engine, host.debian)]),
    ...externalPackages(spec),
    ...(backup.enabled ? ["restic"] : []),
    ...nrpePackages(spec),
    ...spec.services.flatMap((service) => kindOf(service).packages),
    ...host.packages,
  ]);
}

/** Packages of a machine that is a database. */
export const databasePackages = (engine: Engine, debian: DebianName): readonly string[] => sorted([...databaseServer, databaseServerPackage(engine, debian)]);

/** Packages of an image for hosts that serve: what any stack with this engine and nothing of its own needs. */
export const webImagePackages = (engine: Engine, debian: DebianName): readonly string[] => sorted([...web, acmeClient, databaseClient(engine, debian), "restic"]);

const sorted = (packages: readonly string[]): readonly string[] => [...new Set(packages)].sort();
