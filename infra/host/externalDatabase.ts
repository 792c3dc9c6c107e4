import { debians } from "../config/catalog/debian";
import type { StackSpec } from "../config/spec";
import { file, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";

/** Packages of a host whose database is somebody else's service: a server of its own for drills, which starts for nothing else. */
export function externalPackages({ database, backup, host }: StackSpec): readonly string[] {
  if (database.kind !== "external") return [];
  return [...(database.ca === "" ? ["ca-certificates"] : []), ...(backup.enabled ? [`postgresql-${debians[host.debian].postgres}`] : [])];
}

/** What hostctl looks at before the first step of a release, and the server of drills. */
export function externalFiles({ app, database, backup, host }: StackSpec): readonly ManifestFile[] {
  if (database.kind !== "external") return [];
  const rights = file("/etc/webstack/external-database.json", `${JSON.stringify({ dumps: backup.enabled, connections: database.connections }, null, 1)}\n`);
  if (!backup.enabled) return [rights];
  const version = debians[host.debian].postgres;
  return [
    rights,
    file("/etc/postgresql-common/createcluster.conf", verbatim("postgres/createcluster.conf")),
    file("/usr/local/lib/webstack/scratch-init", render("postgres/scratch-init.sh", { version }), { mode: "0755" }),
    file("/etc/systemd/system/webstack-scratch.service", render("systemd/webstack-scratch.service", { app: app.name, version })),
  ];
}
