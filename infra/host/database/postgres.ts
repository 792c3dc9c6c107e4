import { chosenAddress } from "../../plan/network";
import { file, type ManifestAction } from "../manifest";
import { render } from "../render";
import { databaseAddress, type DatabaseServer } from "./server";

/** PostgreSQL keeps three connections for its superuser, beside the app's. */
const superuserConnections = 3;

const unit = "postgresql@15-main.service";
const onChange: readonly ManifestAction[] = [{ verb: "restart", unit }];

/** PostgreSQL 15 of Debian 12. Who may log in from where is in pg_hba.conf. */
export const postgres: DatabaseServer = {
  unit,
  user: "postgres",
  folder: "postgres",
  roleWords: () => [],
  files: (plan, database) => [
    file(
      "/etc/postgresql/15/main/conf.d/webstack.conf",
      render("postgres/postgresql.conf", {
        address: databaseAddress(plan),
        maxConnections: database.connections + superuserConnections,
        sharedBuffersMiB: Math.floor(database.memoryMiB / 4),
      }),
      { onChange },
    ),
    file(
      "/etc/postgresql/15/main/pg_hba.conf",
      plan.hosts.map((host) => render("postgres/pg_hba.conf", { database: database.name, user: database.user, address: chosenAddress(host) })).join("\n"),
      { owner: "postgres", group: "postgres", mode: "0640", onChange },
    ),
  ],
};
