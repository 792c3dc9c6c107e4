import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { project } from "./setup/folders";

/**
 * Gives `use` the URL of a new and empty database server, which is gone afterwards: also when `use` fails, and when this process is killed.
 * Error: what kept it from starting.
 * @param script below tools/: says the URL on standard output once the server answers, and takes it away when its standard input ends
 */
export async function withOwnServer<T>(name: string, script: string, use: (url: string) => Promise<T>): Promise<T> {
  // In a group of its own, so that what kills ours leaves it to clear up.
  const server = spawn("sh", [join(project, "tools", script)], { detached: true });
  const closed = once(server, "close");
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  const refused = closed.then(() => Promise.reject(new Error(`${name} did not start:\n${log.trimEnd()}`)));
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
