import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { project } from "./setup/folders";
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

/**
 * Gives `use` the URL of a new and empty PostgreSQL, which is gone afterwards: also when `use` fails, and when this process is killed.
 * Error: what kept it from starting.
 */
export async function withPostgres<T>(use: (url: string) => Promise<T>): Promise<T> {
  // In a group of its own, so that what kills ours leaves it to clear up.
  const server = spawn("sh", [join(project, "tools", "postgres", "serve.sh")], { detached: true });
  const closed = once(server, "close");
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  const refused = closed.then(() => Promise.reject(new Error(`PostgreSQL did not start:\n${log.trimEnd()}`)));
  // Once it has answered, its end is what we ask for.
  refused.catch(() => undefined);
  try {
    const [url] = (await Promise.race([once(server.stdout.setEncoding("utf8"), "data"), refused])) as [string];
    return await use(url.trimEnd());
  } finally {
    server.stdin.end();
    await closed;
  }
}
