import { mariadbNote } from "../infra/host/database/mariadb";
import type { StackOutputs } from "./stack";

/**
 * What people should know of the server that a stack of this box has: of the version that `up` made, which may be that of another Debian
 * than the web machine's. null where there is nothing to say.
 */
export const databaseNote = (database: StackOutputs["database"]): string | null =>
  database?.engine === "mysql" && database.version !== undefined ? mariadbNote(database.version) : null;
