/** The shop on MySQL, for which MariaDB stands: data that is lost, damaged and moved on, and a repository in S3. Limits: a database of some
 * hundred kilobytes; moto's S3 has no network between, no rights and no versions. */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { debians } from "../../infra/config/catalog/debian";
import { moto, startMoto } from "../../tools/moto";
import { hostctlTests } from "./hostctlTests";
import { ask, awaitOk } from "./http";
import { suiteDebian, testAtNight } from "./rows";
import { TestStack } from "./stack";
import { visitors } from "./visitors";

const stack = new TestStack("mysql", "10.84.16.0/24");
const box = "10.84.16.1";
const backupMachine = { address: "10.84.16.40" };
let site = "";

interface Drill {
  readonly rpoSeconds: number;
  readonly rtoSeconds: number;
  readonly checks: readonly unknown[];
  readonly health: readonly { readonly service: string; readonly got: string; readonly ok: boolean }[];
  readonly ok: boolean;
  readonly error: string | null;
}

interface Entry {
  readonly digest: string;
  readonly schema: string;
  readonly restorePoint?: { readonly id: string; readonly release: string; readonly schema: string };
}

beforeAll(async () => {
  if (moto.missing() !== null) await moto.make(() => undefined);
  await stack.init({
    host: { image: suiteDebian() },
    database: { engine: "mysql", version: debians[suiteDebian()].mariadb },
    backup: { enabled: true, drill: { checks: [{ sql: "select count(*) > 5 from shop_product", expect: "1" }] } },
  });
  await stack.pulumi(["config", "set", "--secret", "backupPassword"], randomBytes(24).toString("hex"));
  await stack.mustUp();
  site = (await stack.outputs()).siteUrl;
}, 500_000);

afterAll(async () => {
  await stack.down();
}, 240_000);

/** As the server's administrator, on its own machine. */
const sql = async (question: string) =>
  stack.remote("sudo mariadb --batch --skip-column-names", { stdin: question, address: (await stack.outputs()).database.host });

const databases = async () =>
  (await sql("select schema_name from information_schema.schemata where schema_name like 'ocpizza%' order by 1")).split("\n");

/** "TABLE CHECKSUM" of every table. */
const checksums = async (database = "ocpizza") => {
  const tables = (
    await sql(
      `select table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema = '${database}' order by 1`,
    )
  ).split("\n");
  return (await sql(`checksum table ${tables.map((table) => `\`${database}\`.\`${table}\``).join(", ")}`))
    .split("\n")
    .map((line) => line.slice(database.length + 1));
};

const history = async () => JSON.parse(await stack.remote("sudo cat /var/lib/webstack/history.json")) as Entry[];

const products = async () => (await ask(`${site}products`)).status;

test("serves from MariaDB, over TLS, to the web host and nobody else", async () => {
  expect(await products()).toBe(200);
  expect((await stack.outputs()).database).toEqual({
    engine: "mysql",
    host: "10.84.16.30",
    port: 3306,
    name: "ocpizza",
    user: "ocpizza",
    instance: "database-0",
    version: debians[suiteDebian()].mariadb,
  });
  const url = await stack.remote("sudo grep -o 'mysql://[^\"]*' /etc/webstack/env");
  expect(url).toMatch(/^mysql:\/\/ocpizza:[\w%-]{40,}@10\.84\.16\.30:3306\/ocpizza\?ssl_ca=\/etc\/webstack\/database-ca\.pem$/);
  const client = (options: string) =>
    `sudo bash -c 'set -a; . /etc/webstack/env; MYSQL_PWD=$(echo "$DATABASE_URL" | sed "s/.*ocpizza:\\(.*\\)@.*/\\1/") exec ` +
    `mariadb --no-defaults -h 10.84.16.30 -u ocpizza ${options} 2>&1'`;
  const checked = "--ssl-ca=/etc/webstack/database-ca.pem --ssl-verify-server-cert";
  expect(await stack.remote(client(`${checked} -BNe "show session status like \\"Ssl_version\\""`))).toBe("Ssl_version\tTLSv1.3");
  expect((await stack.ssh(client('--skip-ssl -e "select 1"'))).stdout).toMatch(/ERROR 1045|ERROR 3159/);
  // One database, and those that a restore names after it.
  expect((await stack.ssh(client(`${checked} -e "create database other"`))).stdout).toContain("Access denied for user");
  expect(await sql("select user, host from mysql.user where user not in ('mariadb.sys', 'mysql', 'root')")).toBe("ocpizza\t10.84.16.10");
  // From the box, which is no web host.
  expect(await stack.remote("sudo nft list ruleset", { address: "10.84.16.30" })).toMatch(
    /ip saddr (\{ )?10\.84\.16\.10( \})? tcp dport 3306 accept/,
  );
  expect(await stack.remote("sudo hostctl run update-city-001")).toContain("OC Pizza Lyon");
}, 180_000);

test("hostctl with a cloud's logins, asked of a real MariaDB beside the site's", async () => {
  expect(await hostctlTests(stack, "on_mariadb", (await stack.outputs()).database.host)).toMatch(/^Ran 8 tests in .*\n\nOK$/m);
}, 120_000);

test("a destroyed database comes back from its backup, identical by CHECKSUM TABLE of every table, view, trigger, routine and event", async () => {
  await sql(`use ocpizza; create table marker (id int auto_increment primary key, at timestamp(3) default current_timestamp(3));`);
  const login = "'ocpizza'@'10.84.16.10'";
  await sql(`use ocpizza; create definer = ${login} view cheap as select * from shop_product where price_cents < 600;
    create definer = ${login} trigger noted before insert on city_dailymenu for each row set new.note = concat(new.note, '!');
    create definer = ${login} procedure counted() select count(*) from shop_product; create definer = ${login} event tidied on schedule every 1 day do delete from django_session;`);
  const programs = () =>
    sql(`select 'view', table_name from information_schema.views where table_schema = 'ocpizza' union all select 'trigger', trigger_name from information_schema.triggers where trigger_schema = 'ocpizza'
      union all select routine_type, routine_name from information_schema.routines where routine_schema = 'ocpizza' union all select 'event', event_name from information_schema.events where event_schema = 'ocpizza'`);
  const [before, had] = [await checksums(), await programs()];
  expect(before.length).toBeGreaterThan(15);
  expect(had.split("\n")).toEqual(["view\tcheap", "trigger\tnoted", "PROCEDURE\tcounted", "event\ttidied"]);
  expect(await stack.remote("sudo hostctl backup")).toMatch(/^backup \d{8}T\d{6}Z: \d+ bytes in [\d.]+ s$/);

  const gone = Date.now();
  await sql("drop database ocpizza");
  expect(await products()).toBeGreaterThanOrEqual(500);
  const { stdout, stderr, code } = await stack.ssh("sudo hostctl restore latest --yes");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("database ocpizza: is backup ");
  await awaitOk(`${site}products`, 30);
  process.stdout.write(`MariaDB restored: RTO ${((Date.now() - gone) / 1000).toFixed(1)} s (drop to first 200)\n`);
  expect(await checksums()).toEqual(before);
  expect(await programs()).toBe(had);
  expect(await databases()).toEqual(["ocpizza"]);
}, 240_000);

test("a restore keeps what served, and undo brings it back", async () => {
  const backup = await checksums();
  await sql("insert into ocpizza.marker () values ()");
  const serving = await checksums();
  expect(serving).not.toEqual(backup);
  await stack.remote("sudo hostctl restore latest --yes");
  expect(await checksums()).toEqual(backup);
  const kept = (await databases()).find((name) => name !== "ocpizza") ?? "";
  expect(kept).toMatch(/^ocpizza_before_\d{8}t\d{6}z$/);
  expect(await checksums(kept)).toEqual(serving);
  await stack.remote("sudo hostctl restore --undo");
  expect(await checksums()).toEqual(serving);
  expect(await stack.remote("sudo hostctl restore --drop-old")).toMatch(/removed: ocpizza_undone_\d{8}t\d{6}z/);
  expect(await databases()).toEqual(["ocpizza"]);
  expect(await products()).toBe(200);
}, 240_000);

test("a damaged backup is refused and the database untouched", async () => {
  const before = await checksums();
  // One byte of every pack, and not the last ones: a pack without its end is asked for again for a minute.
  const flip =
    "import pathlib, sys; [path.chmod(0o600) or path.write_bytes(b[:99] + bytes([b[99] ^ 1]) + b[100:]) for path in " +
    "pathlib.Path(sys.argv[1]).glob('*/*') for b in [path.read_bytes()]]";
  await stack.remote(
    `sudo cp -a /srv/backup/repository/data /var/tmp/data && sudo python3 -c "${flip}" /srv/backup/repository/data`,
    backupMachine,
  );
  try {
    const { code, stderr } = await stack.ssh("sudo hostctl restore latest --yes");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^hostctl: backup \d{8}T\d{6}Z: cannot be restored; database ocpizza was not touched\n/),
    ]);
  } finally {
    await stack.remote("sudo rm -r /srv/backup/repository/data && sudo mv /var/tmp/data /srv/backup/repository/data", backupMachine);
  }
  expect(await checksums()).toEqual(before);
  expect(await databases()).toEqual(["ocpizza"]);
}, 240_000);

test("a drill asks the health page of a second instance on the restored database, and leaves nothing of it", async () => {
  const before = await checksums();
  const report = JSON.parse(await stack.remote("sudo hostctl drill")) as Drill;
  expect(report).toMatchObject({ ok: true, error: null, health: [{ service: "web", got: "200", ok: true }] });
  process.stdout.write(`MariaDB drill: RPO ${report.rpoSeconds} s, RTO ${report.rtoSeconds} s\n`);
  expect(await stack.remote("sudo journalctl -u web@drill.service -o cat")).toContain("Booting worker");
  expect((await stack.ssh("systemctl is-active web@drill.service web@drill.socket; ls /run/webstack/drill.env")).stdout).toBe(
    "inactive\ninactive\n",
  );
  expect(await databases()).toEqual(["ocpizza"]);
  expect(await checksums()).toEqual(before);
}, 180_000);

test("a release whose migration waits for a lock is ended in time: the old one serves, and no visitor waits behind it for long", async () => {
  const release = await stack.remote("readlink /srv/webstack/current");
  const address = (await stack.outputs()).database.host;
  await stack.remote(
    `sudo systemd-run --quiet --unit=report mariadb ocpizza --execute="begin; select count(*) from shop_restaurant; select sleep(600)"`,
    { address },
  );
  const migration = join(stack.app, "shop/migrations/0003_remark.py");
  writeFileSync(
    migration,
    `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0002_menu")]\n    ` +
      `operations = [migrations.RunSQL("alter table shop_restaurant add remark text")]\n`,
  );
  // Sooner than the app's own limit, which most apps do not have.
  stack.change({ release: { lockTimeoutSeconds: 1 } });
  const { done, answers, failed } = await visitors(() => ask(`${site}restaurants`), stack.up());
  expect([done.code === 0, done.stdout + done.stderr]).toEqual([
    false,
    expect.stringMatching(
      /Database-upgrading: waited 1 s for what `alter table shop_restaurant add remark text` needs \(waiting for table metadata lock\)/,
    ),
  ]);
  expect([failed, answers > 20]).toEqual([[], true]);
  expect(await stack.remote("readlink /srv/webstack/current")).toBe(release);
  await stack.remote("sudo systemctl stop report.service", { address });
  rmSync(migration);
  stack.change({ release: { lockTimeoutSeconds: 5 } });
}, 120_000);

test("the site's login sees a session of its own that waits for rows, and who is in its way", async () => {
  const address = (await stack.outputs()).database.host;
  await stack.remote(
    `sudo systemd-run --quiet --unit=report mariadb ocpizza --execute="begin; update shop_restaurant set name = name; select sleep(600)"`,
    { address },
  );
  const program = `import os, subprocess, sys, time
from pathlib import Path
sys.path.insert(0, "/usr/local/lib/webstack")
from hostctl.database.engines import open_url
from hostctl.machine.system import System
from hostctl.manifest import environment
shop = open_url(System(), environment.read(Path("/etc/webstack/env").read_bytes())["DATABASE_URL"])
statement = "update shop_restaurant set name = lower(name)"
step = subprocess.Popen(shop.program("mariadb", "--execute=" + statement, shop.name), env={**os.environ, **shop.env}, stderr=subprocess.DEVNULL)
found, end = [], time.monotonic() + 30
while not found and time.monotonic() < end:
    time.sleep(0.1)
    ports = shop.ask(f"select substring_index(host, ':', -1) from information_schema.processlist where info = '{statement}'").split()
    found = shop.waiting({int(port) for port in ports}, "")
for one in found:
    print(one.what, "|", one.holders)
    shop.end(one)
step.wait()
`;
  const told = await stack.remote("sudo python3 -I -", { stdin: program });
  await stack.remote("sudo systemctl stop report.service", { address });
  expect(told).toMatch(
    /^what `update shop_restaurant set name = lower\(name\)` needs \(waiting for rows\) \| perhaps one of session \d+ \(user root, query for \d+ s, in a transaction\)/,
  );
}, 120_000);

testAtNight(
  "mysql",
  "a release that changes the schema takes a restore point, and a rollback with it brings database and code back",
  async () => {
    const first = (await history()).at(-1);
    // Code alone: the schema is as it was, so nothing is saved.
    writeFileSync(join(stack.app, "note.txt"), "one");
    await stack.mustUp();
    const unchanged = (await history()).at(-1);
    expect(unchanged?.restorePoint).toBeUndefined();
    expect(unchanged?.schema).toBe(first?.schema);

    const before = await checksums();
    mkdirSync(join(stack.app, "shop/migrations"), { recursive: true });
    const migration =
      `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0002_menu")]\n    ` +
      `operations = [migrations.RunSQL("create table note (id int)"), migrations.RunSQL("alter table shop_product drop column ` +
      `description")]\n`;
    writeFileSync(join(stack.app, "shop/migrations/0009_note.py"), migration);

    // What cannot be saved is not migrated.
    await stack.remote(`sudo ip route add blackhole ${backupMachine.address}/32`);
    const refused = await stack.up();
    await stack.remote(`sudo ip route del blackhole ${backupMachine.address}/32`);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(
      /release [0-9a-f]{16}: was refused, and nothing has changed: the database cannot be saved before its steps/,
    );
    expect(refused.stdout + refused.stderr).toMatch(/`hostctl release [0-9a-f]{16} --without-restore-point` goes on without/);
    expect(await checksums()).toEqual(before);

    await stack.mustUp();
    const moved = (await history()).at(-1);
    expect(moved?.restorePoint).toMatchObject({
      id: expect.stringMatching(/^\d{8}T\d{6}Z$/) as string,
      release: unchanged?.digest,
      schema: first?.schema,
    });
    expect(await stack.remote("sudo hostctl backups")).toContain(`restore point of release ${unchanged?.digest ?? ""}`);
    await sql("use ocpizza; insert into note values (1), (2); insert into marker () values ()");

    const { code, stderr } = await stack.ssh("sudo hostctl rollback");
    expect(code).toBe(1);
    expect(stderr).toContain(`\`hostctl rollback ${unchanged?.digest ?? ""} --down\` first runs`);
    expect(stderr).toContain(
      `\`hostctl rollback ${unchanged?.digest ?? ""} --restore\` goes back to restore point ${moved?.restorePoint?.id ?? ""} and ` +
        "keeps the database of now beside it",
    );

    const said = await stack.remote(`sudo hostctl rollback ${unchanged?.digest ?? ""} --restore`);
    expect(said).toMatch(
      /what was written since is in ocpizza_before_\d{8}t\d{6}z only: django_migrations \+1 rows, marker \+1 rows, note \(new table\) 2 rows;/,
    );
    expect(await checksums()).toEqual(before);
    expect(JSON.parse((await ask(`${site}healthz`)).body)).toEqual({ status: "ok", release: unchanged?.digest });
    const kept = (await databases()).find((name) => name.startsWith("ocpizza_before")) ?? "";
    expect(await sql(`select count(*) from ${kept}.note`)).toBe("2");
    await stack.remote("sudo hostctl restore --drop-old");
    const times = await stack.remote(
      `sudo sh -c "grep -h -e '\\"Restore-point\\"' -e Schema-comparison /var/log/webstack/deploy_logs.jsonl" | sed 's/.*"event": ` +
        `"\\([^"]*\\)".*"ms": \\([0-9]*\\).*/\\1 \\2 ms/'`,
    );
    process.stdout.write(`${times}\n`);
  },
  300_000,
);

testAtNight(
  "mysql",
  "a repository in S3: backup, check and restore",
  async () => {
    const s3 = await startMoto(box);
    try {
      const settings = {
        RESTIC_REPOSITORY: `s3:${s3.url}/webstack-backup/web-0`,
        RESTIC_PASSWORD: "of-this-test",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      };
      await stack.remote("sudo cp -p /etc/webstack/backup-repository /opt/kept && sudo hostctl backup-repository", {
        stdin: JSON.stringify(settings),
      });
      expect(await stack.remote("sudo hostctl backup")).toMatch(/^backup \d{8}T\d{6}Z: \d+ bytes in [\d.]+ s$/);
      const before = await checksums();
      await sql("drop database ocpizza");
      await stack.remote("sudo hostctl restore latest --yes");
      expect(await checksums()).toEqual(before);
      await awaitOk(`${site}products`, 30);
      expect(
        await stack.remote("sudo bash -c 'set -a; . /etc/webstack/backup-repository; restic --no-cache check --read-data 2>&1'"),
      ).toContain("no errors were found");
      // The objects are in the bucket, and none of them shows what it holds.
      const listed = await (await fetch(`${s3.url}/webstack-backup?list-type=2`)).text();
      expect(listed).toContain("<Key>web-0/data/");
      expect(await stack.remote("sudo stat -c %a /etc/webstack/backup-repository")).toBe("600");
    } finally {
      await stack.remote("sudo mv /opt/kept /etc/webstack/backup-repository");
      await s3.stop();
    }
  },
  240_000,
);

test("a user with an administrator beside it, as on DigitalOcean, loses what it was given beyond its database, and restores work all the same", async () => {
  const [admin, own] = [randomBytes(12).toString("hex"), randomBytes(12).toString("hex")];
  // DigitalOcean's API gives a user of MySQL the rights of doadmin.
  await sql(`create user 'doadmin'@'%' identified by '${admin}' require ssl; grant all privileges on *.* to 'doadmin'@'%' with grant option;
    create user 'api'@'%' identified by '${own}' require ssl; grant all privileges on *.* to 'api'@'%' with grant option; create database api_shop;`);
  const url = (user: string, password: string) =>
    `mysql://${user}:${password}@10.84.16.30:3306/api_shop?ssl_ca=/etc/webstack/database-ca.pem`;
  const program = `import json, sys
from pathlib import Path
sys.path.insert(0, "/usr/local/lib/webstack")
from hostctl.database.engines import open_url
from hostctl.machine.errors import CommandFailed
from hostctl.machine.system import System
system = System()
shop = open_url(system, "${url("api", own)}", "${url("doadmin", admin)}")
told = [shop.admitted()]
shop.admit()
told.append(shop.admitted())
shop.ask("create table orders (id int primary key); insert into orders values (1), (2); create view paid as select * from orders;"
         "create trigger numbered before insert on orders for each row set new.id = new.id + 10", "api_shop")
shop.create("api_shop_restoring")
(source, source_env), (sink, sink_env) = shop.dump(), shop.load("api_shop_restoring")
system.pipe(source, sink, source_env=source_env, sink_env=sink_env, timeout=60)
shop.analyze("api_shop_restoring")
shop.ask("insert into orders values (3)", "api_shop")
shop.switch("api_shop_restoring", "api_shop_before_20261122t060000z", Path("/run/api_shop.definitions.json"))
told += [shop.rows("api_shop"), shop.rows(shop.others()[0]), shop.ask("select definer from information_schema.views where table_schema = 'api_shop'")]
for name in shop.others():
    shop.drop(name)
told.append(shop.others())
for statement in ("create database other", "create user other", "select * from mysql.global_priv", "select * from ocpizza.shop_product", "drop database ocpizza"):
    try:
        shop.ask(statement)
        told.append(statement)
    except CommandFailed as failure:
        told.append("denied" if "denied" in str(failure) else str(failure))
print(json.dumps(told))
`;
  const told = JSON.parse(await stack.remote("sudo python3 -I -", { stdin: program })) as unknown[];
  expect(told.slice(0, 6)).toEqual([false, true, { orders: 2 }, { orders: 3 }, "api@%", []]);
  expect(told.slice(6)).toEqual(Array.from({ length: 5 }, () => "denied"));
  expect((await sql("show grants for 'api'@'%'")).split("\n").filter((grant) => grant.includes("*.*"))).toEqual([
    expect.stringMatching(/^GRANT USAGE ON \*\.\* /),
  ]);
}, 120_000);
