import type { ManagedDatabase } from "../../config/spec";
import type { StackPlan } from "../../plan/plan";
import type { ManifestFile } from "../manifest";

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
