import { type DebianName, debianNames, debians } from "../../config/catalog/debian";
import type { DatabaseSpec } from "../../config/spec";
import { privateAddress } from "../../plan/network";
import type { StackPlan } from "../../plan/plan";
import type { ManifestFile } from "../manifest";

export type ManagedDatabase = Extract<DatabaseSpec, { kind: "managed" }>;

/** Machines that can be the database, of which a stack has both only while it moves from one to the other and until it lets the old one go. */
export const databaseMachines = ["database-0", "database-1"] as const;

export type DatabaseMachine = (typeof databaseMachines)[number];

/** Where such a machine is. The second lies before the first, behind which a range of /27 or /28 ends. */
export const databaseAddress = ({ spec }: StackPlan, name: DatabaseMachine = "database-0"): string => privateAddress(spec.network.range, "database", -databaseMachines.indexOf(name));

/** The version of the engine that a Debian brings. */
export const serverVersion = (engine: ManagedDatabase["engine"], debian: DebianName): string => debians[debian][engine === "postgres" ? "postgres" : "mariadb"];

/** The Debian that brings a version of the engine. */
export function serverDebian({ engine, version }: Pick<ManagedDatabase, "engine" | "version">): DebianName {
  const found = debianNames.find((name) => serverVersion(engine, name) === version);
  if (found === undefined) throw new Error(`no Debian has ${engine} ${version}`);
  return found;
}

/** What a machine needs to stand in for a managed database of one engine. */
export interface DatabaseServer {
  readonly unit: string;
  /** System user of the server, who reads its key. */
  readonly user: string;
  /** Its settings; the certificate and the script that makes the app's role are there for every engine. */
  files(plan: StackPlan, database: ManagedDatabase, address: string): readonly ManifestFile[];
  /** Folder below cloud-init/ with role.sh. */
  readonly folder: string;
  /** What role.sh is given after the names of the database and of its user. */
  roleWords(plan: StackPlan): readonly string[];
}
