import { debians } from "../config/catalog/debian";
import type { ExternalDatabase, StackSpec } from "../config/spec";
import { databaseCaPath } from "./environment";
import { file, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";

/** Debian's list of who may sign a certificate, as one file. */
const debianCas = "/etc/ssl/certs/ca-certificates.crt";

/** Path of who signs the certificate of somebody else's database. */
export const externalCaPath = ({ ca }: ExternalDatabase): string => (ca === "" ? debianCas : databaseCaPath);

/** Packages of a host whose database is somebody else's service: a server of its own for drills, which starts for nothing else. */
export function externalPackages({ database, backup, host }: StackSpec): readonly string[] {
  if (database.kind !== "external") return [];
  return [...(database.ca === "" ? ["ca-certificates"] : []), ...(backup.enabled ? [`postgresql-${debians[host.debian].postgres}`] : [])];
}

/** The server of drills. */
export function externalFiles({ app, database, backup, host }: StackSpec): readonly ManifestFile[] {
  if (database.kind !== "external" || !backup.enabled) return [];
  const version = debians[host.debian].postgres;
  return [
    file("/etc/postgresql-common/createcluster.conf", verbatim("postgres/createcluster.conf")),
    file("/usr/local/lib/webstack/scratch-init", render("postgres/scratch-init.sh", { version }), { mode: "0755" }),
    file("/etc/systemd/system/webstack-scratch.service", render("systemd/webstack-scratch.service", { app: app.name, version })),
  ];
}
