import { chosenAddress } from "../../plan/addresses";
import { hostsOf } from "../../plan/hosts";
import { file, type ManifestAction } from "../manifest";
import { render } from "../render";
import type { DatabaseServer } from "./server";

/** PostgreSQL keeps three connections for its superuser, beside the app's. */
const superuserConnections = 3;

/** PostgreSQL of this version as Debian packages it. Who may log in from where is in pg_hba.conf. */
export function postgres(version: string): DatabaseServer {
  const unit = `postgresql@${version}-main.service`;
  const settings = `/etc/postgresql/${version}/main`;
  const onChange: readonly ManifestAction[] = [{ verb: "restart", unit }];
  return {
    unit,
    user: "postgres",
    folder: "postgres",
    roleWords: () => [],
    files: (plan, database, address) => [
      file(
        `${settings}/conf.d/webstack.conf`,
        render("postgres/postgresql.conf", {
          address,
          maxConnections: database.connections + superuserConnections,
          sharedBuffersMiB: Math.floor(database.memoryMiB / 4),
        }),
        { onChange },
      ),
      file(
        `${settings}/pg_hba.conf`,
        hostsOf(plan, "web")
          .map((host) => render("postgres/pg_hba.conf", { database: database.name, user: database.user, address: chosenAddress(host) }))
          .join("\n"),
        { owner: "postgres", group: "postgres", mode: "0640", onChange },
      ),
    ],
  };
}
