import type { StackSpec } from "../config/spec";
import { nrpePackages } from "./nrpe";

/**
 * Debian packages of each kind of host. A golden image has them already, elsewhere the first bundle installs them, as it does with the
 * packages that an app asks for.
 */
export const rolePackages = {
  // netbase has /etc/protocols, which nft reads.
  web: ["logrotate", "netbase", "nginx-light", "nftables", "openssl", "python3", "python3-pip", "python3-venv"],
  postgres: ["netbase", "nftables", "openssl", "postgresql-15", "python3"],
  backup: ["netbase", "nftables", "python3"],
} as const;

/** See docs/decisions/0008-lego-orders-the-certificate.md. */
const acmeClient = ["lego"];

/** What a web host needs beside that to back its database up; a dump by an older pg_dump than the server is refused. */
export const backupPackages = ["postgresql-client-15", "restic"] as const;

/** Packages of a host that serves the site, sorted. */
export function webPackages(spec: StackSpec): readonly string[] {
  return [...new Set([...rolePackages.web, ...(spec.site.tls === "none" ? [] : acmeClient), ...(spec.backup.enabled ? backupPackages : []), ...nrpePackages(spec), ...spec.host.packages])].sort();
}

/** Packages of a machine that is a database. */
export function databasePackages(): readonly string[] {
  return rolePackages.postgres;
}
