/**
 * Backups, restores and drills on real machines of Debian 12, with what goes wrong with them. Limit: a database of some hundred kilobytes.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseState } from "../../cli/protection";
import { findScanner } from "../../tools/scanners";
import { hostctlTests } from "./hostctlTests";
import { ask, awaitOk } from "./http";
import { Neighbour } from "./neighbour";
import { rowsOf, testAtNight } from "./rows";
import { repositoryPassword, SharedStack } from "./shared";
import { type Outcome, run } from "./stack";

const stack = new SharedStack("vault");
const backupMachine = { address: "10.84.29.40" };
let site = "";

interface Listed {
  readonly backups: readonly { readonly id: string; readonly ageSeconds: number; readonly media: boolean }[];
  readonly state: { readonly stale: boolean };
}

interface Drill {
  readonly backup: string;
  readonly rpoSeconds: number;
  readonly rtoSeconds: number;
  readonly checks: readonly { readonly sql: string; readonly got: string; readonly ok: boolean }[];
  readonly health: readonly { readonly service: string; readonly got: string; readonly ok: boolean }[];
  readonly ok: boolean;
  readonly error: string | null;
}

beforeAll(async () => {
  const backup = { enabled: true, paths: ["media"], drill: { checks: [{ sql: "select count(*) > 5 from shop_product", expect: "t" }] } };
  await stack.bringUp({ backup }, { backupPassword: repositoryPassword });
  site = (await stack.outputs()).siteUrl;
}, 400_000);

afterAll(async () => {
  await stack.down();
}, 240_000);

test("its SSH follows ssh-audit's policy for a hardened Debian 12", async () => {
  const { code, stdout } = await run(findScanner("ssh-audit"), ["--policy", "Hardened Debian 12 (version 3)", "10.84.29.10"]);
  expect([stdout, code]).toEqual([expect.stringContaining("Passed"), 0]);
}, 120_000);

/** Asks the app's database as the app; the question goes in on standard input. */
const sql = (question: string) =>
  stack.remote(`sudo bash -c 'set -a; . /etc/webstack/env; exec psql "$DATABASE_URL" -XAtq -v ON_ERROR_STOP=1'`, { stdin: question });

/** As the server's superuser, on its own machine. */
const superuser = async (question: string) =>
  stack.remote("cd / && sudo -u postgres psql -XAtq -v ON_ERROR_STOP=1", {
    stdin: question,
    address: (await stack.outputs()).database.host,
  });

const restic = (words: string, stdin = "") =>
  stack.remote(
    `sudo bash -c 'set -a; . /etc/webstack/backup-repository; RESTIC_CACHE_DIR=/var/cache/webstack-backup exec restic --quiet ${words}'`,
    { stdin },
  );

const list = async () => JSON.parse(await stack.remote("sudo hostctl backups --json")) as Listed;
const newest = async () => (await list()).backups[0]?.id ?? "";
const databases = async () => (await superuser("select datname from pg_database where datname like 'ocpizza%' order by 1")).split("\n");

/** One line a table, "public.NAME MD5-of-its-ordered-rows", and one a sequence. */
const checksums = async (except = "") => {
  const tables =
    `select format('select %L || '' '' || coalesce(md5(string_agg(t::text, E''\\n'' order by t::text)), ''empty'') from %I.%I t', ` +
    `schemaname || '.' || tablename, schemaname, tablename) from pg_tables where schemaname = 'public' and tablename <> '${except}' ` +
    `order by tablename \\gexec`;
  return (
    await sql(`${tables}\nselect sequencename, last_value from pg_sequences where sequencename not like '${except || "-"}%' order by 1;`)
  ).split("\n");
};

const products = async () => (await ask(`${site}products`)).status;

testAtNight(
  "backup",
  "hostctl with a cloud's logins, asked of a real PostgreSQL beside the site's",
  async () => {
    expect(await hostctlTests(stack, "on_postgres", (await stack.outputs()).database.host)).toMatch(/^Ran 23 tests in .*\n\nOK$/m);
  },
  120_000,
);

/** What happens to a pack of the repository, as a shell command. */
const damages = [
  {
    name: "one flipped byte",
    damage:
      "python3 -c 'import sys; f = open(sys.argv[1], \"r+b\"); f.seek(1000); b = f.read(1)[0]; f.seek(1000); f.write(bytes([b ^ 1]))'",
  },
  { name: "a pack without its end", damage: "truncate -s -2000" },
];

const repositories = [
  {
    name: "a host that is lost while it prunes",
    module: "on_restic.KilledPrune.test_a_lost_host_keeps_nobody_from_reading_the_repository",
    tests: 1,
  },
  { name: "prunes that are killed, a clock that was ahead, hosts that are lost", module: "on_restic", tests: 10 },
];

test.each(rowsOf("backup", [...repositories, ...damages], ({ name }) => name).filter((row) => "module" in row))(
  "hostctl with a repository of Debian's restic: $name",
  async ({ module, tests }) => {
    expect(await hostctlTests(stack, module)).toMatch(new RegExp(`^Ran ${tests} tests? in .*\\n\\nOK$`, "m"));
  },
  400_000,
);

test("a destroyed database comes back from its backup, every table identical by checksum", async () => {
  await stack.remote("echo one | sudo -u ocpizza tee /srv/webstack/shared/data/media/photo > /dev/null");
  await sql("create table marker (id serial primary key, at timestamptz not null default clock_timestamp());");
  await stack.remote(
    `sudo systemd-run --quiet --unit=marker -p EnvironmentFile=/etc/webstack/env -p User=ocpizza /srv/webstack/current/venv/bin/python -c 'import os, time, psycopg
while True:
    with psycopg.connect(os.environ["DATABASE_URL"]) as c: c.execute("insert into marker default values")
    time.sleep(1)'`,
  );
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await stack.remote("sudo hostctl backup")).toMatch(/^backup \d{8}T\d{6}Z: \d+ bytes in [\d.]+ s$/);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const before = await checksums("marker");
  expect(before.length).toBeGreaterThan(15);
  const written = (await sql("select id || ' ' || at from marker order by id;")).split("\n");

  const gone = Date.now();
  await superuser("drop database ocpizza with (force)");
  expect(await products()).toBeGreaterThanOrEqual(500);
  const { stdout, stderr, code } = await stack.ssh("sudo hostctl restore latest --yes");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("database ocpizza: is backup ");
  await awaitOk(`${site}products`, 30);
  const rto = (Date.now() - gone) / 1000;
  await stack.remote("sudo systemctl stop marker");

  expect(await checksums("marker")).toEqual(before);
  // The writer went on at once, so its table is compared up to the last row from before.
  const restored = (await sql("select id || ' ' || at from marker order by id;")).split("\n");
  const kept = restored.filter((row) => written.includes(row));
  expect(kept.length).toBeGreaterThanOrEqual(2);
  expect(kept).toEqual(written.slice(0, kept.length));
  const at = (row: string | undefined) => Date.parse((row ?? "").replace(/^\d+ /, "").replace(/(\.\d{3})\d*\+00$/, "$1Z"));
  const rpo = (at(written.at(-1)) - at(kept.at(-1))) / 1000;
  process.stdout.write(
    `restore: ${kept.length} of ${written.length} marker rows; measured RPO ${rpo.toFixed(1)} s, RTO ${rto.toFixed(1)} s (drop to ` +
      `first 200)\n`,
  );
  expect(rpo).toBeLessThan(30);
  expect(await databases()).toEqual(["ocpizza"]);
}, 240_000);

testAtNight(
  "backup",
  "a restore keeps what served, and undo brings it back: rows, media and all",
  async () => {
    await stack.remote("sudo hostctl backup");
    const backup = await checksums();
    await sql("insert into marker default values;");
    await stack.remote("echo two | sudo -u ocpizza tee /srv/webstack/shared/data/media/photo > /dev/null");
    const serving = await checksums();
    const photo = () =>
      stack.remote("sudo cat /srv/webstack/shared/data/media/photo; sudo stat -c %U:%G:%a /srv/webstack/shared/data/media");

    await stack.remote("sudo hostctl restore latest --yes");
    expect(await checksums()).toEqual(backup);
    expect(await photo()).toBe("one\nocpizza:ocpizza:750");
    expect(await databases()).toEqual(["ocpizza", expect.stringMatching(/^ocpizza_before_\d{8}t\d{6}z$/)]);

    await stack.remote("sudo hostctl restore --undo");
    expect(await checksums()).toEqual(serving);
    expect(await photo()).toBe("two\nocpizza:ocpizza:750");
    expect(await products()).toBe(200);

    expect(await stack.remote("sudo hostctl restore --drop-old")).toMatch(/removed: ocpizza_undone_\d{8}t\d{6}z/);
    expect(await databases()).toEqual(["ocpizza"]);
  },
  240_000,
);

test("what a power cut left of a restore is turned back by the recovery at boot, and once the databases may have switched by what they say", async () => {
  const [data, aside, left] = ["/srv/webstack/shared/data", ".aside-before_20260101t000000z", "/var/lib/webstack/restore.unfinished.json"];
  const photo = () => stack.remote(`sudo cat ${data}/media/photo`);
  const before = [await photo(), await databases()];
  for (const switching of [false, true]) {
    const record = {
      database: "ocpizza_before_20260101t000000z",
      media: { media: `${aside}/media` },
      incoming: "ocpizza_restoring",
      moves: [["media", `${aside}/media`]],
      switching,
    };
    await stack.remote(`cd ${data} && sudo mkdir -p -m 700 ${aside} && sudo mv media ${aside}/ && sudo tee ${left} > /dev/null`, {
      stdin: JSON.stringify(record),
    });
    await stack.remote(
      `sudo systemctl start webstack-recover; timeout ${switching ? 60 : 1} sh -c 'while test -e ${left}; do sleep 0.2; done'`,
    );
    expect([await photo(), await databases()]).toEqual(before);
  }
  await stack.remote(`sudo rmdir ${data}/${aside}`);
  expect(await products()).toBe(200);
}, 120_000);

test("media on a disk of their own are restored there, and changed back", async () => {
  const media = "/srv/webstack/shared/data/media";
  const photo = () => stack.remote(`sudo cat ${media}/photo; findmnt --noheadings --output SOURCE ${media}`);
  await stack.remote(`sudo mount -t tmpfs -o uid=$(id -u ocpizza),gid=$(id -g ocpizza),mode=0750 media-disk ${media}`);
  try {
    await stack.remote(
      `echo three | sudo -u ocpizza tee ${media}/photo > /dev/null; sudo hostctl backup; echo four | sudo -u ocpizza tee ` +
        `${media}/photo > /dev/null`,
    );
    await stack.remote("sudo hostctl restore latest --yes");
    expect(await photo()).toBe("three\nmedia-disk");
    await stack.remote("sudo hostctl restore --undo");
    expect(await photo()).toBe("four\nmedia-disk");
    expect(await products()).toBe(200);

    // What is mounted further inside would go astray, so nothing is touched.
    const before = await checksums();
    await stack.remote(`sudo -u ocpizza mkdir ${media}/cache && sudo mount -t tmpfs cache ${media}/cache`);
    const refused = await stack.ssh("sudo hostctl restore latest --yes");
    await stack.remote(`sudo umount ${media}/cache`);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      `hostctl: ${media}: must have no mount inside it, got ${media}/cache; unmount that, or mount one disk at ${media} for all of it\n`,
    ]);
    expect(await checksums()).toEqual(before);
    await stack.remote("sudo hostctl restore --drop-old");
    expect(await stack.remote(`sudo ls -A ${media}`)).toBe("cache\nphoto");
  } finally {
    await stack.remote(`sudo umount ${media}`);
  }
  expect(await databases()).toEqual(["ocpizza"]);
}, 240_000);

test("nobody who is not asked restores: without --yes and a terminal nothing is done", async () => {
  const before = await checksums();
  const { code, stderr } = await stack.ssh("sudo hostctl restore latest");
  expect([code, stderr]).toEqual([1, expect.stringMatching(/database ocpizza goes back to backup \d{8}T\d{6}Z, \d+ s old; .*; say --yes/)]);
  expect(await checksums()).toEqual(before);
});

describe("a damaged repository", () => {
  let pack = "";
  let id = "";

  beforeAll(async () => {
    await sql(`insert into marker (at) select now() - g * interval '1 second' from generate_series(1, 5000) g;`);
    const packs = "sudo find /srv/backup/repository/data -type f -size +1k -printf '%s %p\\n' | sort -n";
    const there = (await stack.remote(packs, backupMachine)).split("\n");
    await stack.remote("sudo hostctl backup");
    id = await newest();
    const made = (await stack.remote(packs, backupMachine)).split("\n").filter((line) => !there.includes(line));
    pack = made.at(-1)?.split(" ")[1] ?? "";
    expect(pack).toMatch(/^\/srv\/backup\/repository\/data\//);
    await stack.remote(`sudo cp -p ${pack} /var/tmp/pack`, backupMachine);
  }, 60_000);

  afterEach(async () => {
    await stack.remote(`sudo cp -p /var/tmp/pack ${pack}`, backupMachine);
  });

  test.each(rowsOf("backup", [...repositories, ...damages], ({ name }) => name).filter((row) => "damage" in row))(
    "$name: the restore is refused and the running database untouched",
    async ({ damage }) => {
      const before = await checksums();
      await stack.remote(`sudo chmod u+w ${pack}; sudo ${damage} ${pack}`, backupMachine);
      const { code, stderr } = await stack.ssh(`sudo hostctl restore ${id} --yes`);
      expect(code).toBe(1);
      expect(stderr).toContain(`hostctl: backup ${id}: cannot be restored; database ocpizza was not touched\n`);
      expect(await databases()).toEqual(["ocpizza"]);
      expect(await checksums()).toEqual(before);
      expect(await products()).toBe(200);
      // restic asks a backend that gives too little ten times, for about a minute in all.
    },
    180_000,
  );
});

testAtNight(
  "backup",
  "a backup whose target is away is a failed unit, and every older backup stays",
  async () => {
    const before = (await list()).backups.map(({ id }) => id);
    await stack.remote(`sudo ip route add blackhole ${backupMachine.address}/32`);
    try {
      const { code, stderr } = await stack.ssh("sudo hostctl backup");
      expect([code, stderr]).toEqual([1, expect.stringContaining("hostctl: webstack-backup.service: failed\n")]);
      expect(await stack.remote("systemctl is-failed webstack-backup.service")).toBe("failed");
    } finally {
      await stack.remote(`sudo ip route del blackhole ${backupMachine.address}/32`);
    }
    expect((await list()).backups.map(({ id }) => id)).toEqual(before);
    await stack.remote("sudo hostctl backup && systemctl is-active webstack-backup.timer webstack-drill.timer");
    expect(await stack.remote("systemctl show webstack-backup -p ActiveState --value")).toBe("inactive");
  },
  180_000,
);

test("a dump that breaks off leaves no backup", async () => {
  const before = (await list()).backups.map(({ id }) => id);
  // A row that pg_dump may not read ends it in the middle of the stream.
  await superuser("\\c ocpizza\ncreate table zzz (i int); insert into zzz values (1);");
  const { code, stderr } = await stack.ssh("sudo hostctl backup");
  await superuser("\\c ocpizza\ndrop table zzz;");
  expect([code, stderr]).toEqual([1, expect.stringContaining("permission denied for table zzz")]);
  expect((await list()).backups.map(({ id }) => id)).toEqual(before);
  expect(await restic("snapshots --json --path /database.dump --latest 1")).toContain(before[0] ?? "none");
}, 180_000);

test("old backups go by the policy: the last of their week and month stays, today's all stay", async () => {
  const today = (await list()).backups.map(({ id }) => id);
  for (const day of ["14", "15"]) {
    const tags = `--tag 202501${day}T060000Z --tag sha256:00 --host webstack --time "2025-01-${day} 06:00:00"`;
    await restic(`backup --stdin --stdin-filename database.dump ${tags}`, `old ${day}`);
  }
  expect((await list()).backups).toHaveLength(today.length + 2);
  await stack.remote("sudo hostctl backup");
  const kept = (await list()).backups.map(({ id }) => id);
  expect(kept.slice(1)).toEqual([...today, "20250115T060000Z"]);
}, 180_000);

describe("a drill", () => {
  test("restores the newest backup beside the site and reports RPO and RTO", async () => {
    const before = await checksums();
    const report = JSON.parse(await stack.remote("sudo hostctl drill")) as Drill;
    expect(report).toMatchObject({
      backup: await newest(),
      ok: true,
      error: null,
      checks: [{ got: "t", ok: true }],
      health: [{ service: "web", got: "200", ok: true }],
    });
    expect(report.rpoSeconds).toBeGreaterThan(0);
    expect(report.rtoSeconds).toBeGreaterThan(0);
    process.stdout.write(`drill: RPO ${report.rpoSeconds} s, RTO ${report.rtoSeconds} s\n`);
    expect(JSON.parse(await stack.remote("cat /var/lib/webstack/drill.json"))).toEqual(report);
    expect(await stack.remote("sudo journalctl -u web@drill.service -o cat")).toContain("Booting worker");
    expect((await stack.ssh("systemctl is-active web@drill.service web@drill.socket; ls /run/webstack/drill.env")).stdout).toBe(
      "inactive\ninactive\n",
    );
    expect(await databases()).toEqual(["ocpizza"]);
    expect(await checksums()).toEqual(before);
  }, 60_000);

  test("on whose database the app is not well is a failed unit", async () => {
    const unit = "/etc/systemd/system/web@drill.service.d/webstack.conf";
    await stack.remote(`sudo sed -i.kept '/EnvironmentFile/a ExecStart=\\nExecStart=/bin/false' ${unit} && sudo systemctl daemon-reload`);
    try {
      const drill = await stack.ssh("sudo hostctl drill");
      expect(drill.code).toBe(1);
      expect(JSON.parse(drill.stdout) as Drill).toMatchObject({
        ok: false,
        error: null,
        checks: [{ ok: true }],
        health: [{ service: "web", ok: false }],
      });
      expect(await products()).toBe(200);
      expect(await databases()).toEqual(["ocpizza"]);
    } finally {
      await stack.remote(`sudo mv ${unit}.kept ${unit} && sudo systemctl daemon-reload`);
    }
  }, 60_000);

  test("with a check that does not hold is a failed unit, and a restore is refused for the same reason", async () => {
    await stack.remote(`sudo sed -i.kept 's/> 5 from/> 5000 from/' /etc/webstack/settings.json`);
    try {
      const before = await checksums();
      const drill = await stack.ssh("sudo hostctl drill");
      expect(drill.code).toBe(1);
      expect(JSON.parse(drill.stdout) as Drill).toMatchObject({ ok: false, error: null, checks: [{ got: "f", ok: false }] });
      expect(await stack.remote("systemctl is-failed webstack-drill.service")).toBe("failed");
      const restore = await stack.ssh("sudo hostctl restore latest --yes");
      expect([restore.code, restore.stderr]).toEqual([
        1,
        expect.stringContaining("must give 't', got 'f'; database ocpizza was not touched"),
      ]);
      expect(await checksums()).toEqual(before);
      expect(await databases()).toEqual(["ocpizza"]);
    } finally {
      await stack.remote("sudo mv /etc/webstack/settings.json.kept /etc/webstack/settings.json");
    }
  }, 60_000);
});

describe("a restore point", () => {
  interface Entry {
    readonly digest: string;
    readonly restorePoint?: { readonly id: string; readonly release: string };
  }
  const served = async () => (JSON.parse(await stack.remote("sudo cat /var/lib/webstack/history.json")) as Entry[]).at(-1);

  test("is taken before a release changes the schema, and a rollback goes back to it: code and rows", async () => {
    const first = await served();
    const before = await checksums();
    const operations = `migrations.RunSQL("create table note (id int)"), migrations.RunSQL("alter table shop_product drop column description")`;
    const migration =
      `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0002_menu")]\n    ` +
      `operations = [${operations}]\n`;
    writeFileSync(join(stack.app, "shop/migrations/0009_note.py"), migration);
    await stack.remote(`sudo ip route add blackhole ${backupMachine.address}/32`);
    const refused = await stack.up();
    await stack.remote(`sudo ip route del blackhole ${backupMachine.address}/32`);
    expect(refused.stdout + refused.stderr).toMatch(
      /release [0-9a-f]{16}: was refused, and nothing has changed: the database cannot be saved before its steps/,
    );
    expect(await checksums()).toEqual(before);
    expect((await served())?.digest).toBe(first?.digest);

    await stack.mustUp();
    expect((await served())?.restorePoint?.release).toBe(first?.digest);
    await sql("insert into note values (1), (2); insert into marker default values;");
    const { code, stderr } = await stack.ssh("sudo hostctl rollback");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`\`hostctl rollback ${first?.digest ?? ""} --restore\` goes back to restore point`),
    ]);

    const said = await stack.remote("sudo hostctl rollback --restore");
    expect(said).toMatch(
      /is in ocpizza_before_\d{8}t\d{6}z only: public\.django_migrations \+1 rows, public\.marker \+1 rows, public\.note \(new table\) 2 rows;/,
    );
    expect(await checksums()).toEqual(before);
    expect(JSON.parse((await ask(`${site}healthz`)).body)).toEqual({ status: "ok", release: first?.digest });
    await stack.remote("sudo hostctl restore --drop-old");
    // The daily retention knows nothing of it as long as its release is kept.
    await stack.remote("sudo hostctl backup");
    expect(await stack.remote("sudo hostctl backups")).toContain(`restore point of release ${first?.digest ?? ""}`);
  }, 240_000);
});

test("an old backup shows in status", async () => {
  expect(await stack.remote("sudo hostctl status")).toMatch(/^backup {2}\d{8}T\d{6}Z, \d+ s old$/m);
  expect(await stack.remote("sudo hostctl status")).toMatch(/^drill {3}FAILED, \d+ s ago$/m);
  expect((await stack.ssh("sudo hostctl backups --check")).code).toBe(0);
  await stack.remote(`sudo sed -i.kept 's/"id": "2/"id": "1/' /var/lib/webstack/backup.json`);
  expect(await stack.remote("sudo hostctl status")).toMatch(/^backup {2}\d{8}T\d{6}Z, \d+ s old, OLDER THAN ITS SCHEDULE ALLOWS$/m);
  await stack.remote("sudo mv /var/lib/webstack/backup.json.kept /var/lib/webstack/backup.json");
});

test("neither password is in a process list, a journal, a log or a file that is not its own", async () => {
  const database = (await stack.remote("sudo cat /etc/webstack/env")).match(/postgresql:\/\/[^:]+:([^@]+)@/)?.[1] ?? "";
  expect(database).toMatch(/^[\w-]{40}$/);
  await stack.remote(
    `sudo systemctl start --no-block webstack-backup.service; while test "$(systemctl is-active webstack-backup.service)" = ` +
      `activating; do cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' '\\n'; echo; done > /tmp/arguments`,
  );
  const seen = await stack.remote("cat /tmp/arguments; rm /tmp/arguments");
  expect(seen).toContain("pg_dump");
  expect(seen).toContain("restic");
  const logs = await stack.remote("sudo journalctl --no-pager -o verbose; sudo cat /var/log/webstack/*");
  for (const secret of [database, repositoryPassword]) for (const text of [seen, logs]) expect(text.includes(secret)).toBe(false);
  // On standard input, since sudo writes arguments to the journal.
  const files = (secret: string) =>
    stack.remote("sudo grep -rlF -f - /etc /var /srv /home /root /tmp /run /usr/local 2> /dev/null || true", { stdin: `${secret}\n` });
  expect(await files(repositoryPassword)).toBe("/etc/webstack/backup-repository");
  expect(await files(database)).toBe("/etc/webstack/env");
  expect(await stack.remote("sudo stat -c %U:%G:%a /etc/webstack/backup-repository /etc/webstack/backup-key")).toBe(
    "root:root:600\nroot:root:600",
  );
}, 180_000);

test("the units are closed as far as they can be", async () => {
  for (const unit of ["webstack-backup", "webstack-drill"]) {
    const exposure = Number(
      /exposure level for \S+: ([\d.]+)/.exec(await stack.remote(`systemd-analyze security --no-pager ${unit}.service`))?.[1],
    );
    expect([unit, exposure <= 2]).toEqual([unit, true]);
  }
  // The backup's user has SFTP in one folder, and nothing else.
  const shell = await stack.ssh("sudo ssh -o RequestTTY=no webstack-backup id");
  expect(shell.code).not.toBe(0);
  expect(await stack.remote("echo ls / | sudo sftp -q -b - webstack-backup | tail -1")).toBe("/repository");
});

test("a lost host's successor has its releases and restore points from the repository, and goes back with them", async () => {
  interface Released {
    readonly digest: string;
    readonly at: string;
    readonly onHost: boolean;
  }
  const releases = async () => JSON.parse(await stack.remote("sudo hostctl releases --json")) as readonly Released[];
  const before = await releases();
  expect(before.length).toBeGreaterThan(1);
  const { stdout } = await stack.pulumi(["stack", "export"]);
  const machine = parseState(stdout).find(({ urn }) => urn.endsWith("Machine::web-0"));
  const lost = await stack.pulumi(["destroy", "--yes", "--skip-preview", "--target", machine?.urn ?? "", "--target-dependents"]);
  expect([lost.code, lost.stderr]).toEqual([0, ""]);
  await stack.mustUp();

  const [now, ...others] = await releases();
  expect(others).toEqual(before.map((one) => ({ ...one, serving: false })));
  // The release of before declared a schema that this one has changed, so the database goes back with it, to a point that the lost host
  // took.
  const earlier = others.find(({ digest }) => digest !== now?.digest);
  expect(await stack.remote("sudo hostctl rollback --restore")).toMatch(/database ocpizza: is restore point \d{8}T\d{6}Z, /);
  expect(JSON.parse((await ask(`${site}healthz`)).body)).toEqual({ status: "ok", release: earlier?.digest });
  expect(await sql("select count(*) from pg_tables where tablename = 'note';")).toBe("0");
  const style = /"(\/static\/[^"]+\.css)"/.exec((await ask(site)).body)?.[1] ?? "";
  expect((await ask(new URL(style, site).href)).status).toBe(200);
  // Its first backup forgets none of them either.
  await stack.remote("sudo hostctl backup");
  expect(await stack.remote("sudo hostctl backups")).toContain(`restore point of release ${earlier?.digest ?? ""}`);
}, 400_000);

describe("the database becomes somebody else's service", () => {
  const password = "a-password-of-the-neighbour";
  let neighbour: Neighbour;
  let refused: Outcome;

  beforeAll(async () => {
    neighbour = Neighbour.start("10.84.29.1", 5440, password);
    await stack.setSecrets({ DATABASE_URL: neighbour.url });
    // Not beside the keys of a managed one.
    stack.change({ database: "" });
    stack.change({ database: { kind: "external", connections: 100, ca: neighbour.ca } });
    // A new release, whose steps fill what is empty, without the migration of an earlier test that takes a column from under the pages.
    rmSync(join(stack.app, "shop/migrations/0009_note.py"), { force: true });
    writeFileSync(join(stack.app, "shop/elsewhere.txt"), "");
    refused = await stack.up();
  }, 240_000);

  afterAll(() => neighbour.stop(), 60_000);

  test("a login that may make no tables is refused before the first step, and the site serves on", async () => {
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain(
      "DATABASE_URL: the login must be able to make tables in the schema public, for the steps of a release; have its owner `grant " +
        "create on schema public`",
    );
    expect(await products()).toBe(200);
    expect(await stack.remote("sudo grep -c 10.84.29.30 /etc/webstack/env")).toBe("1");
    expect(neighbour.ask("select count(*) from pg_tables where schemaname = 'public'", "shop")).toBe("0");
  });

  test("then the site is at it, over TLS with its certificate checked, and no other server runs on the host", async () => {
    neighbour.ask("alter database shop owner to shop");
    await stack.mustUp();
    expect(await products()).toBe(200);
    expect(neighbour.ask("select count(*) > 5 from shop_product", "shop")).toBe("t");
    expect(neighbour.ask("select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'shop'")).toBe("t");
    expect(await stack.remote("sudo grep -o 'sslmode.*pem' /etc/webstack/env")).toBe(
      "sslmode=verify-full&sslrootcert=/etc/webstack/database-ca.pem",
    );
    // Whoever else signs is not trusted.
    const other = await stack.ssh(
      "sudo bash -c 'set -a; . /etc/webstack/env; exec psql " +
        `"\${DATABASE_URL/\\/etc\\/webstack\\/database-ca.pem//etc/ssl/certs/ca-certificates.crt}" -c "select 1"'`,
    );
    expect([other.code === 0, other.stderr]).toEqual([false, expect.stringContaining("certificate verify failed")]);
    expect((await stack.outputs()).database).toBeNull();
    expect(await stack.remote("pgrep -c postgres || true")).toBe("0");
  }, 240_000);

  test("it is dumped, and a drill restores that into a server of the host, of which nothing is left", async () => {
    await stack.remote("sudo hostctl backup");
    const drill = JSON.parse(await stack.remote("sudo hostctl drill")) as Drill;
    expect(drill).toMatchObject({
      ok: true,
      error: null,
      checks: [{ got: "t", ok: true }],
      health: [{ service: "web", got: "200", ok: true }],
    });
    expect(neighbour.ask("select datname from pg_database where datname like 'shop%'")).toBe("shop");
    expect(
      await stack.remote(
        "pgrep -c postgres || true; sudo find /var/cache/webstack-scratch /run/webstack -mindepth 1 -name 'data*' -o -name 'scratch*'",
      ),
    ).toBe("0");
    expect(
      (await stack.remote("sudo journalctl -u webstack-scratch.service -u webstack-drill.service --no-pager -o cat")).includes(password),
    ).toBe(false);
  }, 120_000);

  testAtNight(
    "backup",
    "a restore needs the right to make a database there, says so with nothing touched, and works with it",
    async () => {
      neighbour.ask("delete from shop_product", "shop");
      const before = await stack.ssh("sudo hostctl restore latest --yes");
      expect([before.code, before.stderr]).toEqual([
        1,
        expect.stringContaining("shop may make no database on this server, or not rename shop"),
      ]);
      expect(neighbour.ask("select count(*) from shop_product", "shop")).toBe("0");
      neighbour.ask("alter role shop createdb");
      await stack.remote("sudo hostctl restore latest --yes");
      expect(neighbour.ask("select count(*) > 5 from shop_product", "shop")).toBe("t");
      expect(await products()).toBe(200);
    },
    120_000,
  );

  testAtNight(
    "backup",
    "a dump in a file, as AWS Batch makes one, becomes the database",
    async () => {
      await stack.remote(`sudo bash -c 'set -a; . /etc/webstack/env; exec pg_dump --format=custom --file=/opt/batch.dump "$DATABASE_URL"'`);
      neighbour.ask("alter role shop createdb; delete from shop_product", "shop");
      expect(await stack.remote("sudo hostctl restore --dump /opt/batch.dump --yes")).toMatch(
        /^database shop: is backup batch\.dump; kept as shop_before_/m,
      );
      expect(neighbour.ask("select count(*) > 5 from shop_product", "shop")).toBe("t");
      const wrong = await stack.ssh("sudo hostctl restore --dump /etc/hostname --yes");
      expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("must be a dump as `pg_dump --format=custom` writes it")]);
    },
    120_000,
  );
});
