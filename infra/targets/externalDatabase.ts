import * as pulumi from "@pulumi/pulumi";
import { checkedDatabaseUrl } from "../config/databaseUrl";
import type { Secrets } from "../config/load";
import type { StackPlan } from "../plan/plan";
import type { Told } from "./database";

/**
 * Of somebody else's service: its address, to be used over TLS alone with its certificate checked, and who signs that. Nothing where the
 * database is none of that.
 */
export function externalDatabase({ database, endpoints }: StackPlan, { databaseUrl }: Secrets): Told {
  const ca = endpoints.database?.ca ?? "";
  if (database.kind !== "external") return { env: {}, files: {} };
  if (databaseUrl === undefined) throw new Error("the address of the database was not read");
  return {
    env: { DATABASE_URL: pulumi.secret(databaseUrl.apply((address) => checkedDatabaseUrl(address, ca))) },
    files: database.ca === "" ? {} : { [ca]: database.ca },
  };
}
