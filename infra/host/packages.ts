import type { DatabaseSpec, StackSpec } from "../config/spec";
import { externalPackages } from "./externalDatabase";
import { hardeningPackages } from "./hardening";
import { nrpePackages } from "./nrpe";

type Engine = Extract<DatabaseSpec, { kind: "managed" }>["engine"];

/**
 * Debian packages of each kind of host. A golden image has them already, elsewhere the first bundle installs them, as it does with the
 * packages that an app asks for.
 */
export const rolePackages = {
  // netbase has /etc/protocols, which nft reads.
  web: [...hardeningPackages, "logrotate", "netbase", "nginx-light", "nftables", "openssl", "python3", "python3-pip", "python3-venv"],
  postgres: [...hardeningPackages, "netbase", "nftables", "openssl", "postgresql-15", "python3"],
  mysql: [...hardeningPackages, "mariadb-server", "netbase", "nftables", "openssl", "python3"],
  backup: [...hardeningPackages, "netbase", "nftables", "python3"],
} as const;

/** See docs/decisions/0008-lego-orders-the-certificate.md. */
export const acmeClient = ["lego"];

/** The client that dumps, restores and looks for waiting sessions; a dump by an older pg_dump than the server is refused. */
export const databaseClients: Readonly<Record<Engine, string>> = { postgres: "postgresql-client-15", mysql: "mariadb-client" };

/** What a web host needs beside that to look into its database and to back it up. */
export function backupPackages(engine: Engine): readonly string[] {
  return [databaseClients[engine], "restic"];
}

/** Packages of a host that serves the site, sorted. */
export function webPackages(spec: StackSpec): readonly string[] {
  const { site, database, backup, host } = spec;
  const client = database.kind === "none" ? [] : [databaseClients[database.engine]];
  return [...new Set([...rolePackages.web, ...(site.tls === "none" ? [] : acmeClient), ...client, ...externalPackages(spec), ...(backup.enabled ? ["restic"] : []), ...nrpePackages(spec), ...host.packages])].sort();
}

/** Packages of a machine that is a database. */
export function databasePackages(engine: Engine): readonly string[] {
  return rolePackages[engine];
}
