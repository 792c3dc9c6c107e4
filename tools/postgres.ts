import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { withOwnServer } from "./ownServer";
import { install } from "./setup/packages";
import type { Step } from "./setup/step";

/** Debian keeps the servers of all versions here, off PATH. */
const versions = "/usr/lib/postgresql";
const settings = "/etc/postgresql-common/createcluster.conf";

/** The server's programs, for tests that start one of their own. */
export const postgres: Step = {
  name: "PostgreSQL",
  missing: () =>
    existsSync(versions) && readdirSync(versions).some((version) => existsSync(join(versions, version, "bin", "initdb")))
      ? null
      : "postgresql is missing",
  async make() {
    await install(["postgresql-common"]);
    const before = readFileSync(settings, "utf8");
    // Or the package would make a cluster of its own and start it, on port 5432 of this box.
    writeFileSync(settings, `${before}\ncreate_main_cluster = false\n`);
    try {
      await install(["postgresql"]);
    } finally {
      writeFileSync(settings, before);
    }
  },
};

/** Gives `use` the URL of a PostgreSQL of its own, see {@link withOwnServer}. */
export const withPostgres = <T>(use: (url: string) => Promise<T>): Promise<T> => withOwnServer("PostgreSQL", "postgres/serve.sh", use);
