import { type DebianName, debians } from "../../config/catalog/debian";
import type { ManagedDatabase } from "../../config/spec";
import type { Feature } from "../feature";

/** The client that dumps, restores and looks for waiting sessions; a dump by an older pg_dump than the server is refused. */
export const databaseClientPackage = (engine: ManagedDatabase["engine"], debian: DebianName): string =>
  engine === "postgres" ? `postgresql-client-${debians[debian].postgres}` : "mariadb-client";

export const databaseClient: Feature = ({ database }, { debian }) =>
  database.kind === "none" ? {} : { packages: [databaseClientPackage(database.engine, debian)] };
