/** A database server for tests: it answers, is one's own, and nothing of it stays, whatever ends whoever asked for it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { withMariadb } from "../../tools/mariadb";
import { withPostgres } from "../../tools/postgres";
import { project } from "../../tools/setup/folders";
import { capture } from "../../tools/setup/process";

const parameter = (url: string, name: string) => new URL(url.replace("@/", "@localhost/")).searchParams.get(name) ?? "";

const servers = {
  postgres: {
    call: "withPostgres",
    withServer: withPostgres,
    folderOf: (url: string) => parameter(url, "host"),
    pidFile: "data/postmaster.pid",
    ask: (url: string, query: string) => capture("psql", ["--no-psqlrc", "--tuples-only", "--no-align", "--command", query, url]),
    addresses: "show listen_addresses",
    none: "",
    table: (number: number) => `create table number_${number} ()`,
    tables: "select count(*) from pg_class where relname like 'number%'",
  },
  mariadb: {
    call: "withMariadb",
    withServer: withMariadb,
    folderOf: (url: string) => join(parameter(url, "unix_socket"), ".."),
    pidFile: "pid",
    ask: (url: string, query: string) => {
      const words = [`--socket=${parameter(url, "unix_socket")}`, "--user=root", "--skip-column-names", "--execute", query, "app"];
      return capture("mariadb", ["--no-defaults", ...words]);
    },
    addresses: "select @@skip_networking",
    none: "1",
    table: (number: number) => `create table number_${number} (id int)`,
    tables: "select count(*) from information_schema.tables where table_name like 'number%'",
  },
} as const;

/** A process that is gone has no folder here; a zombie, which only its parent can bury, has no memory. */
const runs = (pid: number) => existsSync(`/proc/${pid}/status`) && /^VmSize:/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));

describe.each(Object.entries(servers))("%s", (name, { call, withServer, folderOf, pidFile, ask, addresses, none, table, tables }) => {
  const serverOf = (url: string) => Number(readFileSync(join(folderOf(url), pidFile), "utf8").split("\n")[0]);

  async function gone(url: string, server: number): Promise<void> {
    const late = Date.now() + 30_000;
    while (existsSync(folderOf(url)) || runs(server)) {
      if (Date.now() > late) throw new Error(`${folderOf(url)} or process ${server} is still there`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test("two at the same time are two, on no port, and both are gone afterwards", async () => {
    const [one, other] = await Promise.all(
      [1, 2].map((number) =>
        withServer(async (url) => {
          expect((await ask(url, addresses)).trim()).toBe(none);
          await ask(url, table(number));
          expect((await ask(url, tables)).trim()).toBe("1");
          return { url, server: serverOf(url) };
        }),
      ),
    );
    expect(one?.url).not.toBe(other?.url);
    for (const { url, server } of [one, other].flatMap((each) => each ?? [])) {
      expect(existsSync(folderOf(url))).toBe(false);
      expect(runs(server)).toBe(false);
    }
  });

  test("a failure of the tests is handed on, and nothing stays", async () => {
    let seen = "";
    const failed = withServer((url) => {
      seen = url;
      return Promise.reject(new Error("a test failed"));
    });
    await expect(failed).rejects.toThrow("a test failed");
    expect(existsSync(folderOf(seen))).toBe(false);
  });

  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("%s to the whole group of whoever asked leaves nothing", async (signal) => {
    const program =
      `import { ${call} } from "./tools/${name}"; void ${call}((url) => { console.log(url); return new Promise(() => ` +
      "setInterval(() => 0, 1000)); });";
    const asker = spawn(join(project, "node_modules/.bin/tsx"), ["--eval", program], {
      cwd: project,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [url] = (await once(asker.stdout.setEncoding("utf8"), "data")) as [string];
    const server = serverOf(url.trim());
    expect(runs(server)).toBe(true);
    process.kill(-(asker.pid ?? NaN), signal);
    await gone(url.trim(), server);
  });

  test("SIGTERM to everything, before the server has answered, leaves nothing", async () => {
    const server = spawn("sh", ["-x", join(project, `tools/${name}/serve.sh`)]);
    const left = once(server, "exit");
    let trace = "";
    while (!/folder=\/tmp\/\S+/.test(trace)) trace += String((await once(server.stderr, "data"))[0]);
    const folder = /folder=(\/tmp\/\S+)/.exec(trace)?.[1] ?? "";
    expect(existsSync(folder)).toBe(true);
    server.kill("SIGTERM");
    for (const stream of [server.stdin, server.stdout, server.stderr]) stream.destroy();
    await left;
    expect(existsSync(folder)).toBe(false);
  });
});
