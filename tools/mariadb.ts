import { existsSync } from "node:fs";

import { withOwnServer } from "./ownServer";
import { debianPackages } from "./setup/packages";
import type { Step } from "./setup/step";

const server = "/usr/sbin/mariadbd";

/**
 * The server's programs, for tests that start one of their own. Not the package mariadb-server, which would make a server of its own and
 * start it on port 3306 of this box.
 */
export const mariadb: Step = {
  ...debianPackages("MariaDB", ["mariadb-server-core", "mariadb-client-core"]),
  missing: () => (existsSync(server) ? null : "mariadb-server-core is missing"),
};

/** Gives `use` the URL of a MariaDB of its own, see {@link withOwnServer}. */
export const withMariadb = <T>(use: (url: string) => Promise<T>): Promise<T> => withOwnServer("MariaDB", "mariadb/serve.sh", use);
