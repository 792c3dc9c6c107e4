import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import type { Endpoint, Endpoints, HostPlan, StackPlan } from "./plan";

/** Where the certificate of the database's CA lies on a host. */
export const databaseCaPath = "/etc/webstack/database-ca.pem";

/** Debian's list of who may sign a certificate, as one file of the package ca-certificates. */
export const debianCas = "/etc/ssl/certs/ca-certificates.crt";

/** What the stack's parts are reached by. */
export function planEndpoints(spec: StackSpec, hosts: readonly HostPlan[]): Endpoints {
  const addressOf = (role: HostPlan["role"]) => hosts.find((host) => host.role === role)?.address ?? null;
  return { database: databaseEndpoint(spec, addressOf("database")), backups: backupsEndpoint(spec, addressOf("backup")) };
}

/** The database's port. @throws Error where there is none, or where it is part of a secret */
export function databasePort({ endpoints }: Pick<StackPlan, "endpoints">): number {
  const { port } = endpoints.database ?? { port: null };
  if (port === null) throw new Error("the plan knows no port of the database");
  return port;
}

function databaseEndpoint({ target, database }: StackSpec, name: string | null): Endpoint | null {
  switch (database.kind) {
    case "none":
      return null;
    case "managed":
      return { name, port: targetDefaults[target].databasePorts[database.engine], ca: databaseCaPath };
    case "external":
      return { name: null, port: null, ca: database.ca === "" ? debianCas : databaseCaPath };
  }
}

/** A machine is written to by SFTP, a bucket by HTTPS. */
function backupsEndpoint({ target, backup }: StackSpec, name: string | null): Endpoint | null {
  if (!backup.enabled) return null;
  return { name, port: targetDefaults[target].services.includes("backup") ? 443 : 22, ca: null };
}
