import { chosenAddress } from "../../plan/addresses";
import { hostsOf } from "../../plan/hosts";
import { file } from "../manifest";
import { render } from "../render";
import type { DatabaseServer } from "./server";

const unit = "mariadb.service";

/** MariaDB as Debian packages it. Who may log in from where is in the names of its users. */
export const mariadb: DatabaseServer = {
  unit,
  user: "mysql",
  folder: "mariadb",
  roleWords: (plan) => hostsOf(plan, "web").map(chosenAddress),
  files: (_plan, database, address) => [
    file(
      "/etc/mysql/mariadb.conf.d/90-webstack.cnf",
      // MariaDB keeps one connection for its administrator beside these.
      render("mariadb/mariadb.cnf", {
        address,
        maxConnections: database.connections,
        bufferPoolMiB: Math.floor(database.memoryMiB / 2),
      }),
      { onChange: [{ verb: "restart", unit }] },
    ),
  ],
};

/** What people should know who rehearse a MySQL stack on it. https://mariadb.com/kb/en/mariadb-vs-mysql-compatibility/ */
export const mariadbNote = (version: string): string =>
  `database: MariaDB ${version} stands for MySQL here. What differs: JSON columns are text with a check, default collations of utf8mb4 ` +
  "(MySQL 8: utf8mb4_0900_ai_ci), logins (mysql_native_password, MySQL 8: caching_sha2_password), and the optimizer.";
