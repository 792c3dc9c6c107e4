/**
 * The database servers of both Debians beside each other, and what hostctl moves from one to the other with the programs of the newer,
 * directly and by a backup. Limit: the servers are processes in the images of their machines, without a machine, TLS or a load; the
 * repository is a folder.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { databaseImage, webImage } from "../../infra/targets/local/images";
import { buildImage } from "../../providers/nspawn/image";
import type { DebianName } from "../../infra/config/catalog/debian";
import { run } from "./stack";

const password = "of-this-test";

/** What runs in an image; what it writes is gone afterwards. The network is the box's own, so that the two reach each other. */
const container = (tree: string) => ["--quiet", "--register=no", "--keep-unit", "--volatile=overlay", `--directory=${tree}`, "--pipe"];

/**
 * How each engine's server is started on a port, as the root of its machine, and how its app's role is made, which may make databases as
 * that of a local machine may.
 */
const servers = {
  postgres: {
    start: (
      port: number,
    ) => `cd / && bin=$(echo /usr/lib/postgresql/*/bin) && as="runuser -u postgres --" && echo ${password} > /run/password && chmod 644 /run/password
      $as $bin/initdb --pgdata=/var/lib/postgresql/test --username=postgres --auth=scram-sha-256 --pwfile=/run/password --encoding=UTF8 --locale=C.UTF-8 --no-sync > /dev/null
      exec $as $bin/postgres -D /var/lib/postgresql/test -p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`,
    ready: /database system is ready to accept connections/,
    url: (port: number) => `postgresql://postgres:${password}@127.0.0.1:${port}/shop`,
  },
  mysql: {
    start: (port: number) => `cd / && mariadb-install-db --no-defaults --datadir=/var/lib/test --user=mysql --skip-test-db > /dev/null 2>&1
      printf '%s\\n' "create user shop@'%' identified by '${password}';" "grant all on shop.* to shop@'%';" 'grant all on \`shop\\_%\`.* to shop@"%";' > /run/init.sql
      exec mariadbd --no-defaults --datadir=/var/lib/test --user=mysql --bind-address=127.0.0.1 --port=${port} --socket=/var/lib/test/socket --skip-name-resolve --init-file=/run/init.sql \
        --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci`,
    ready: /ready for connections/,
    url: (port: number) => `mysql://shop:${password}@127.0.0.1:${port}/shop`,
  },
} as const;

type Engine = keyof typeof servers;

const started: ChildProcess[] = [];

afterAll(async () => {
  await Promise.all(
    started
      .filter(({ exitCode }) => exitCode === null)
      .map((server) => {
        server.kill("SIGTERM");
        return once(server, "close");
      }),
  );
});

/** The URL of an empty server of the engine, as that Debian has it. */
async function serve(engine: Engine, debian: DebianName): Promise<string> {
  const { start, ready, url } = servers[engine];
  const [tree, port] = await Promise.all([buildImage(databaseImage(debian, engine), () => undefined), freePort()]);
  const server = spawn("systemd-nspawn", [...container(tree), "sh", "-c", start(port)], { stdio: ["ignore", "pipe", "pipe"] });
  started.push(server);
  let said = "";
  await new Promise<void>((done, fail) => {
    const hear = (text: Buffer) => {
      said += text.toString();
      if (ready.test(said)) done();
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
    server.once("close", () => fail(new Error(`${engine} of ${debian} did not start:\n${said}`)));
  });
  return url(port);
}

const place = (url: string) => url.replace(/^.*@/, "");

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}

/** Runs Python with hostctl in the image of a web host, with `folder` of this box at /mnt. */
async function asHost(engine: Engine, program: string, debian: DebianName = "debian-13", folder?: string): Promise<unknown> {
  const tree = await buildImage(webImage(debian, engine), () => undefined);
  const bound = [
    `--bind-ro=${resolve(__dirname, "../../hostctl")}:/opt/hostctl`,
    ...(folder === undefined ? [] : [`--bind=${folder}:/mnt`]),
  ];
  const { code, stdout, stderr } = await run("systemd-nspawn", [...container(tree), ...bound, "python3", "-I", "-B", "-"], {}, program);
  if (code !== 0) throw new Error(`ended with ${code}\n${stdout}\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
}

/**
 * The data move to the second server as hostctl moves an app's, and what was written there since to the first again: sessions end, dump,
 * load, comparison, switch. Result: what `seen` says of the database at first, and after each move; the databases of both servers at the
 * end.
 */
const thereAndBack = (first: string, second: string, fill: string, more: string, seen: string) => `import json, sys
sys.path.insert(0, "/opt")
from hostctl.deploy import database_move
from hostctl.database.engines import open_url
from hostctl.verbs.host import Host
from hostctl.machine.system import System
host = Host.at("/", System(), "apply", lambda *_, **__: None)
old, new = (open_url(System(), url) for url in ("${first}", "${second}"))
old.create("shop")
new.create("shop")
old.ask(${JSON.stringify(fill)}, "shop")
def told(server):
    return [server.rows("shop"), server.ask(${JSON.stringify(seen)}, "shop")]
def move(source, target):
    database_move.carry(host, database_move.Move(source, target, False))
    return told(target)
found = [told(old), move(old, new)]
new.ask(${JSON.stringify(more)}, "shop")
found += [told(new), move(new, old), [len(server.others()) for server in (old, new)], json.loads(host.paths.database_moved.read_text())]
print(json.dumps(found))
`;

/** What each of both programs begins with: a host whose repository is /mnt, and the server as its database. */
const withRepository = (url: string) => `import json, os, sys
sys.path.insert(0, "/opt")
from hostctl.backup import backup, restore
from hostctl.database.engines import open_url
from hostctl.verbs.host import Host
from hostctl.backup.repository import DUMP, HASH, HOST, Repository
from hostctl.machine.system import System
host = Host.at("/", System(), "apply", lambda *_, **__: None)
os.makedirs("/etc/webstack", exist_ok=True)
host.paths.backup_access.write_text('RESTIC_PASSWORD="of-this-test"\\nRESTIC_REPOSITORY="/mnt/repository"\\n')
server, repository = open_url(System(), "${url}"), Repository(host)
def told(name):
    return [server.rows(name), server.ask(SEEN, name)]
`;

/** A backup by the host of the older Debian of its server, in the repository of a folder. Result: what `seen` says of the database. */
const backedUp = (url: string, fill: string, seen: string) => `${withRepository(url)}SEEN = ${JSON.stringify(seen)}
server.create("shop")
server.ask(${JSON.stringify(fill)}, "shop")
repository.make()
name, marks = backup.marks_of(host.system.time(), HOST)
sha256, _ = backup.store_dump(host, server, repository, marks)
repository.restic("tag", "--quiet", "--tag", name, "--path", f"/{DUMP}", "--add", f"{HASH}{sha256}")
print(json.dumps(told("shop")))
`;

/** What a restore by the host of the newer Debian brings into its server: what `seen` says of it. */
const broughtBack = (url: string, seen: string) => `${withRepository(url)}SEEN = ${JSON.stringify(seen)}
server.create("shop")
with restore.restored(host, server, repository, repository.find("latest"), "shop_restoring"):
    print(json.dumps(told("shop_restoring")))
`;

type Told = readonly [rows: Readonly<Record<string, number>>, seen: string];

test("an app's data move from Debian 12's PostgreSQL to Debian 13's, and back with what was written since, with every kind of thing that an app keeps in it", async () => {
  const [first, second] = await Promise.all([serve("postgres", "debian-12"), serve("postgres", "debian-13")]);
  const fill = `create extension pg_trgm; create type size as enum ('small', 'large'); create domain cents as int check (value >= 0);
    create table orders (id bigint generated by default as identity primary key, size size, total cents, at timestamptz default '2026-11-27 05:00+00', body jsonb, raw bytea, words text[]);
    insert into orders (size, total, body, raw, words) select case when n % 2 = 0 then 'small' else 'large' end::size, n, jsonb_build_object('n', n, 'text', E'a\\tb\\nü😀'), decode(md5(n::text), 'hex'), array['one', n::text] from generate_series(1, 500) n;
    create table lines (id serial primary key, "order" bigint references orders on delete cascade); insert into lines ("order") select id from orders;
    create index on orders using gin ((body ->> 'text') gin_trgm_ops); create view paid as select id, total from orders where total > 250; create materialized view sums as select size, sum(total) as total from orders group by size;
    create function noted() returns trigger language plpgsql as $$ begin new.words = array_append(new.words, 'noted'); return new; end $$; create trigger noted before insert on orders for each row execute function noted();
    create table parted (at date not null) partition by range (at); create table parted_2026 partition of parted for values from ('2026-01-01') to ('2027-01-01'); insert into parted values ('2026-11-27')`;
  // The next id and what a trigger does are asked by an insert, which is taken back.
  const seen = `select md5(string_agg(t::text, '|' order by id)) from orders t; select md5(string_agg(t::text, '|' order by id)) from lines t; select count(*) from paid; select string_agg(s::text, ' ' order by size) from sums s;
    begin; insert into orders (size, total, words) values ('small', 1, '{}') returning id > 500, words, at at time zone 'UTC'; rollback; select count(*) from parted_2026; select count(*) from pg_indexes where schemaname = 'public'`;
  const more = "insert into orders (size, total, words) values ('small', 7, '{}'); refresh materialized view sums";
  const [had, moved, later, back, kept, record] = (await asHost("postgres", thereAndBack(first, second, fill, more, seen))) as [
    Told,
    Told,
    Told,
    Told,
    unknown,
    unknown,
  ];
  expect(had[0]).toEqual({ "public.orders": 500, "public.lines": 500, "public.parted": 1, "public.parted_2026": 1 });
  expect(moved).toEqual(had);
  expect(later[0]).toEqual({ ...had[0], "public.orders": 501 });
  expect(back).toEqual(later);
  // What the first one had is kept there; the second one began with nothing that would be worth it.
  expect([kept, record]).toEqual([[1, 0], { from: place(second), to: place(first) }]);
}, 300_000);

test("an app's data move from Debian 12's MariaDB to Debian 13's, and back with what was written since, with every kind of thing that an app keeps in it", async () => {
  const [first, second] = await Promise.all([serve("mysql", "debian-12"), serve("mysql", "debian-13")]);
  const fill = `create table orders (id int auto_increment primary key, size enum('small', 'large'), total decimal(9,2) check (total >= 0), at datetime(6) default '2026-11-27 05:00:00.5', body json, raw blob, words varchar(99), who uuid default '6ccd780c-baba-1026-9564-5b8c656024db', place point, unique (words));
    insert into orders (size, total, body, raw, words, place) select if(seq % 2, 'small', 'large'), seq, json_object('n', seq, 'text', 'a\\tb\\nü😀'), unhex(md5(seq)), concat('größe ', seq), point(seq, 1) from seq_1_to_500;
    create table \`lines\` (id int auto_increment primary key, \`order\` int, foreign key (\`order\`) references orders (id) on delete cascade); insert into \`lines\` (\`order\`) select id from orders;
    create view paid as select id, total from orders where total > 250; create procedure counted() select count(*) from orders; create event tidied on schedule every 1 day do delete from orders where total < 0;
    create trigger noted before insert on orders for each row set new.words = concat(new.words, '!'); create sequence numbers start with 7; do nextval(numbers)`;
  const seen = `checksum table orders, \`lines\`; select count(*) from paid; call counted(); select sum(crc32(concat_ws('|', id, size, total, at, body, hex(raw), words, who, st_astext(place)))) from orders;
    begin; insert into orders (size, total, words) values ('small', 1, 'new') returning id > 500, words, at; rollback; select nextval(numbers) > 7; select event_name from information_schema.events where event_schema = database();
    select table_collation from information_schema.tables where table_schema = database() and table_name = 'orders'`;
  const more = "insert into orders (size, total, words) values ('small', 7, 'later')";
  const [had, moved, later, back, kept, record] = (await asHost("mysql", thereAndBack(first, second, fill, more, seen))) as [
    Told,
    Told,
    Told,
    Told,
    unknown,
    unknown,
  ];
  expect(had[0]).toMatchObject({ orders: 500, lines: 500 });
  expect(moved).toEqual(had);
  expect(later[0]).toEqual({ ...had[0], orders: 501 });
  expect(back).toEqual(later);
  expect([kept, record]).toEqual([[1, 0], { from: place(second), to: place(first) }]);
}, 300_000);

test.each([
  [
    "PostgreSQL",
    "postgres",
    "create extension pg_trgm; create type size as enum ('small', 'large'); create table orders (id bigint generated by default as " +
      "identity primary key, size size, body jsonb, raw bytea); insert into orders (size, body, raw) select 'small', " +
      "jsonb_build_object('n', n, 'text', E'a\\tü😀'), decode(md5(n::text), 'hex') from generate_series(1, 500) n; create view small " +
      "as select id from orders where size = 'small'",
    "select md5(string_agg(t::text, '|' order by id)) from orders t; select count(*) from small",
  ],
  [
    "MariaDB",
    "mysql",
    "create table orders (id int auto_increment primary key, body json, raw blob, words varchar(99), at datetime(6) default " +
      "'2026-11-27 05:00:00.5'); insert into orders (body, raw, words) select json_object('n', seq, 'text', 'ü😀'), unhex(md5(seq)), " +
      "concat('größe ', seq) from seq_1_to_500; create view few as select id from orders where id < 10; create procedure counted() " +
      "select count(*) from orders",
    "checksum table orders; select count(*) from few; call counted()",
  ],
] as const)(
  "a backup of Debian 12's %s, made by a host of it, is restored by a host of Debian 13 into its own",
  async (_, engine, fill, seen) => {
    const folder = mkdtempSync("/var/tmp/webstack-versions-");
    try {
      const [first, second] = await Promise.all([serve(engine, "debian-12"), serve(engine, "debian-13")]);
      const had = (await asHost(engine, backedUp(first, fill, seen), "debian-12", folder)) as Told;
      const restored = (await asHost(engine, broughtBack(second, seen), "debian-13", folder)) as Told;
      expect(Object.values(had[0])).toEqual([500]);
      expect([restored[0], restored[1].replaceAll("shop_restoring", "shop")]).toEqual(had);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  300_000,
);
