import { type DebianName, debianNames, debians } from "../config/catalog/debian";
import type { ManagedDatabase } from "../config/spec";

/**
 * Machines that can be the database, of which a stack has both only while it moves from one to the other and until it lets the old one go.
 */
export const databaseMachines = ["database-0", "database-1"] as const;

export type DatabaseMachine = (typeof databaseMachines)[number];

/** The version of the engine that a Debian brings. */
export const serverVersion = (engine: ManagedDatabase["engine"], debian: DebianName): string =>
  debians[debian][engine === "postgres" ? "postgres" : "mariadb"];

/** The Debian that brings a version of the engine. @throws Error where none does, which the rules of the description refuse */
export function serverDebian({ engine, version }: Pick<ManagedDatabase, "engine" | "version">): DebianName {
  const found = debianNames.find((name) => serverVersion(engine, name) === version);
  if (found === undefined) throw new Error(`no Debian has ${engine} ${version}`);
  return found;
}
