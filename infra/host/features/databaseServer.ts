import { type DebianName, debians } from "../../config/catalog/debian";
import type { ManagedDatabase } from "../../config/spec";
import { chosenAddress } from "../../plan/addresses";
import { serverVersion } from "../../plan/databaseServer";
import type { HostPlan } from "../../plan/plan";
import { mariadb } from "../database/mariadb";
import { postgres } from "../database/postgres";
import type { DatabaseServer } from "../database/server";
import type { Feature } from "../feature";
import { file } from "../manifest";
import { render, verbatim } from "../render";

/** openssl makes the certificate. MariaDB's server has no version in its package's name. */
export const databaseServerPackages = (engine: ManagedDatabase["engine"], debian: DebianName): readonly string[] => [
  "openssl",
  engine === "postgres" ? `postgresql-${debians[debian].postgres}` : "mariadb-server",
];

/** What makes a machine a server of the engine that is asked for, in the version of its Debian. */
export const serverOf = ({ engine }: Pick<ManagedDatabase, "engine">, { debian }: HostPlan): DatabaseServer =>
  engine === "postgres" ? postgres(serverVersion(engine, debian)) : mariadb;

/** The app's database with TLS, open to the app alone. */
export const databaseServer: Feature = (plan, host) => {
  const { database } = plan;
  if (database.kind !== "managed") throw new Error(`${host.name}: the stack has no database of its own`);
  const server = serverOf(database, host);
  const address = chosenAddress(host);
  return {
    packages: databaseServerPackages(database.engine, host.debian),
    files: [
      file("/usr/local/lib/webstack/database-certificate", verbatim("database/certificate.sh"), { mode: "0755" }),
      file("/usr/local/lib/webstack/database-role", verbatim(`${server.folder}/role.sh`), { mode: "0755" }),
      file(
        `/etc/systemd/system/${server.unit}.d/webstack.conf`,
        render("database/certificate.conf", { unit: server.unit, address, user: server.user }),
      ),
      ...server.files(plan, database, address),
    ],
    units: [server.unit],
  };
};
