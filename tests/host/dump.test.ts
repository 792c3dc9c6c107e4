/** Limit: the scripts with stand-ins for the database's client, the package manager and S3; no container, and no dump of a database. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { databaseClientPackage } from "../../infra/host/features/databaseClient";
import { render } from "../../infra/host/render";

const mebibyte = 1024 ** 2;

/** Runs the script that a job of AWS Batch runs. `dumps`: what the client does. */
function run(engine: "mysql" | "postgres", dumps: string) {
  const folder = mkdtempSync(join(tmpdir(), "webstack-dump-"));
  try {
    const programs = {
      "apt-get": "",
      // Sees what is on the disk while the dump is written, and leaves it for the test.
      "mariadb-dump":
        `echo "$*" > ${folder}/asked\n${dumps.replace("DUMP", `head -c ${4 * mebibyte} /dev/zero`)}\ndu -sb . | cut -f1 > ` +
        `${folder}/disk\n`,
      pg_dump: dumps.replace("DUMP", "echo dump > database.dump"),
      aws: `cp "$4" ${folder}/sent; echo "$*" > ${folder}/words`,
    };
    mkdirSync(join(folder, "bin"));
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, "bin", name), `#!/bin/bash\nset -e\n${text}\n`);
      chmodSync(join(folder, "bin", name), 0o755);
    }
    const place = {
      DATABASE_HOST: "db",
      DATABASE_USER: "u",
      DATABASE_PASSWORD: "p",
      DATABASE_NAME: "shop",
      DATABASE_CA: "ca",
      DUMPS: "s3://bucket/dumps",
    };
    const { status } = spawnSync("bash", ["-c", render(`bin/dump-${engine}`, { client: databaseClientPackage(engine, "debian-13") })], {
      env: { PATH: `${folder}/bin:${process.env["PATH"] ?? ""}`, TMPDIR: folder, ...place },
    });
    const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name)) : null);
    return {
      status,
      sent: read("sent"),
      words: read("words")?.toString(),
      asked: read("asked")?.toString().trim().split(" "),
      disk: Number(read("disk")),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a dump of MySQL is compressed on its way to the disk, which never holds all of it", () => {
  const { status, sent, words, disk } = run("mysql", "DUMP");
  expect([status, words]).toEqual([
    0,
    expect.stringMatching(/^s3 cp --only-show-errors database\.sql\.gz s3:\/\/bucket\/dumps\/\d{8}T\d{6}Z\.sql\.gz\n$/),
  ]);
  expect(gunzipSync(sent ?? Buffer.alloc(0)).length).toBe(4 * mebibyte);
  expect(disk).toBeLessThan(mebibyte);
});

test("a dump of MySQL has all that the host's own has, in rows as large", () => {
  const own = readFileSync(join(__dirname, "../../hostctl/database/mariadb.py"), "utf8");
  const [, programs = ""] = /^PROGRAMS = \((.*)\)$/m.exec(own) ?? [];
  const words = [...programs.matchAll(/"([^"]+)"/g)].map(([, word]) => word);
  const [, packet] = /^PACKET = "(.*)"$/m.exec(own) ?? [];
  expect(words).toHaveLength(3);
  expect(run("mysql", "DUMP").asked).toEqual(expect.arrayContaining([...words, packet]));
});

test.each(["mysql", "postgres"] as const)(
  "a dump of %s that breaks off is a failed job, and nothing of it reaches the bucket",
  (engine) => {
    expect(run(engine, "DUMP\nexit 3")).toMatchObject({ status: 3, sent: null });
  },
);
