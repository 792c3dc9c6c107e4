/**
 * Pulumi.prod.yaml as DigitalOcean gets it, on the simulated cloud: the real engine, real machines behind Droplet and database. Limit: what
 * the simulation knows of DigitalOcean (tests/cloud/README.md); backups, once they are switched on, go to a folder of the host instead of Spaces,
 * and no authority signs the certificate.
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { packConfig } from "../../cli/policy";
import { parseState, refusal } from "../../cli/protection";
import { steps, TestCloud } from "./cloud";
import { ask } from "./http";
import type { Outcome } from "./stack";

const cloud = new TestCloud("cloudsim-do", "10.84.20.0/24", "digitalocean", { example: "Pulumi.prod.yaml" });

beforeAll(async () => {
  // The simulated world arrives from the gateway of the private network.
  await cloud.init({ access: { sshFrom: ["10.84.20.1/32"] }, backup: { enabled: false } });
}, 60_000);

afterAll(async () => {
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

const root = resolve(__dirname, "../..");
const said = ({ stdout, stderr }: Outcome) => `${stdout}\n${stderr}`;
const since = (mark: number) => cloud.journal().slice(mark);
const address = () => cloud.resources("ReservedIp")[0]?.id ?? "";

/** The page as the world sees it: by the site's name, through the reserved address. */
const page = (path = "/") => ask(`https://www.ocpizza.fr${path}`, { address: address(), ca: "anybody" });

/** A statement as the app's own login, on its host: what psql prints, errors included. */
async function asApp(sql: string): Promise<string> {
  const { stdout, stderr } = await cloud.ssh("sudo bash -c 'set -a; . /etc/webstack/env; exec psql \"$DATABASE_URL\" -At'", { stdin: sql });
  return `${stdout}${stderr}`.trim();
}

/** What the API of the site answers. */
async function json(path: string, body?: object): Promise<unknown> {
  const answer = await ask(`https://www.ocpizza.fr${path}`, { address: address(), ca: "anybody", ...(body === undefined ? {} : { method: "POST", json: body }) });
  return answer.status < 300 ? (JSON.parse(answer.body) as unknown) : answer.status;
}

async function order(name: string): Promise<string> {
  const { products } = (await json("/products")) as { products: { id: number }[] };
  const { restaurants } = (await json("/restaurants")) as { restaurants: { id: number }[] };
  const { id } = (await json("/orders", { restaurant: restaurants[0]?.id, name, lines: [{ product: products[0]?.id, quantity: 2 }] })) as { id: string };
  return id;
}

/** The password of doadmin in one cluster. */
const adminPassword = (cluster = cloud.resources("DatabaseCluster")[0]) => String(cluster?.outputs.password);

/** Files of the host with a text in them, those of every process's environment and words included. */
async function holding(text: string): Promise<string[]> {
  const places = "/etc /srv /var/lib/webstack /var/lib/cloud /var/log /run/webstack /tmp /root /proc/[0-9]*/environ /proc/[0-9]*/cmdline";
  // The pattern on standard input, which no process's words show.
  const { stdout } = await cloud.ssh(`sudo sh -c 'grep -rlaF -f - ${places} 2> /dev/null'`, { stdin: `${text}\n` });
  return stdout.trim().split("\n").filter((path) => path !== "");
}

/** What visitors got who asked for the page, one after the other, each with a connection of its own, while `work` was done. */
async function visitors<T>(work: Promise<T>): Promise<{ done: T; answers: number; failed: string[] }> {
  let over = false;
  const visits = (async () => {
    const seen: string[] = [];
    while (!over) seen.push(await page().then(({ status }) => String(status), String));
    return seen;
  })();
  const done = await work.finally(() => (over = true));
  const seen = await visits;
  return { done, answers: seen.length, failed: seen.filter((answer) => answer !== "200") };
}

/** How long the gate asks a machine that does not answer; two minutes as shipped. */
function gatePatience(seconds: number): void {
  const file = join(cloud.folder, "infra/targets/commission.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace(/const gateSeconds = "\d+";/, `const gateSeconds = "${seconds}";`));
}

/** A newer image of Debian, as an upgrade of this program would bring it. */
function newImage(number: number): void {
  const file = join(cloud.folder, "infra/config/catalog/digitalocean.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace(/"debian-12": "[^"]+"/, `"debian-12": "${number}"`));
}

test("a preview creates nothing and says what there would be", async () => {
  const preview = await cloud.preview();
  expect([preview.code, said(preview)]).toEqual([0, expect.stringMatching(/\+ \d+ to create/)]);
  expect(cloud.entries()).toEqual([]);
}, 120_000);

test("the rules let the stack through, and stop a machine that nobody watches before anything is made", async () => {
  const held = (config: string) => cloud.preview("--policy-pack", join(root, "policy/webstack-policy"), "--policy-pack-config", config);
  const config = join(cloud.folder, "policy.json");
  writeFileSync(config, JSON.stringify(packConfig({ production: true, exceptions: [] })));
  const through = await held(config);
  expect([through.code, said(through)]).toEqual([0, expect.stringContaining("do-database-standby")]);

  const file = join(cloud.folder, "infra/targets/digitalocean/host.ts");
  const right = readFileSync(file, "utf8");
  writeFileSync(file, right.replace("monitoring: true", "monitoring: false"));
  const stopped = await held(config);
  writeFileSync(file, right);
  expect([stopped.code === 0, said(stopped)]).toEqual([false, expect.stringMatching(/\[mandatory\]\s+do-droplet-monitoring/)]);
  expect(said(stopped)).toContain("web-0 must run the monitoring agent, got false");
  expect(cloud.entries()).toEqual([]);
}, 180_000);

test("up: the host serves through the reserved address, which it got only behind the gate", async () => {
  const up = await cloud.mustUp();
  const order = steps(up);
  const positions = ["created Droplet web-0", "created Command web-0-apply", "created Command web-0-gate", "created ReservedIpAssignment address-assignment"].map((step) => order.indexOf(step));
  expect(positions).not.toContain(-1);
  expect(positions).toEqual([...positions].sort((one, other) => one - other));
  const { status, body } = await page();
  expect([status, body]).toEqual([200, expect.stringContaining("<title>")]);
}, 600_000);

test("the app is a user of its own, who owns its tables and may make neither databases nor roles", async () => {
  expect(await asApp("select current_user, count(*) > 5, min(tableowner), max(tableowner) from pg_tables where schemaname = 'public'")).toBe("ocpizza|t|ocpizza|ocpizza");
  expect(await asApp("select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user")).toBe("f|f|f");
  expect(await asApp("select count(*) from pg_auth_members where member = current_user::regrole")).toBe("0");
  expect(await asApp("create database mine")).toContain("permission denied to create database");
  expect(await asApp("create role mine")).toContain("permission denied to create role");
  expect(await asApp("drop database ocpizza")).toContain("must be owner of database ocpizza");
  expect(await asApp("alter role doadmin password 'mine'")).toContain("permission denied");
}, 60_000);

test("doadmin's password is in one file for root, and in no process, log, or text of the state; the app's is where it should be", async () => {
  expect(await holding(adminPassword())).toEqual(["/etc/webstack/database-admin"]);
  expect(await cloud.remote("sudo stat -c '%U:%G %a' /etc/webstack/database-admin")).toBe("root:root 600");
  // The search finds what is there.
  const found = await holding(String(cloud.resources("DatabaseUser")[0]?.outputs.password));
  expect([found.includes("/etc/webstack/env"), found.some((path) => path.endsWith("/environ")), found.includes("/etc/webstack/database-admin")]).toEqual([true, true, false]);
  expect((await cloud.pulumi(["stack", "export"])).stdout).not.toContain(adminPassword());
  expect(await cloud.remote("sudo -u ocpizza cat /etc/webstack/database-admin 2>&1; true")).toContain("Permission denied");
}, 60_000);

test("an unchanged preview has nothing to do", async () => {
  const preview = await cloud.preview("--expect-no-changes");
  expect([preview.code, said(preview)]).toEqual([0, expect.stringMatching(/Resources:\n\s+\d+ unchanged\n/)]);
}, 120_000);

test("a change of the settings reaches the same machine and touches nothing else of the cloud", async () => {
  const mark = cloud.journal().length;
  cloud.change({ env: { GREETING: "hello" } });
  const up = await cloud.mustUp();
  expect(since(mark)).toEqual([]);
  expect(steps(up)).toContain("updated Command web-0-apply");
  expect((await page()).status).toBe(200);
}, 200_000);

test("a release reaches the same machine and touches nothing else of the cloud", async () => {
  const mark = cloud.journal().length;
  appendFileSync(join(cloud.app, "shop/static/shop/site.css"), "\n/* another release */\n");
  await cloud.mustUp();
  expect(since(mark)).toEqual([]);
  expect((await page()).status).toBe(200);
}, 200_000);

test("a new image: the preview says which machine is replaced, and why", async () => {
  newImage(148_000_001);
  const preview = await cloud.preview();
  expect(said(preview)).toMatch(/digitalocean:index:Droplet +web-0 +replace \[diff: ~image\]/);
}, 120_000);

test("a new image whose machine the gate refuses: the old one serves on", async () => {
  newImage(148_000_001);
  const mark = cloud.journal().length;
  const [old] = cloud.resources("Droplet");
  cloud.ask({ op: "create", type: "digitalocean:index/droplet:Droplet", closedPorts: [80, 443] });
  gatePatience(10);
  const { done: up, failed } = await visitors(cloud.up());
  expect(failed).toEqual([]);
  expect([up.code === 0, said(up)]).toEqual([false, expect.stringContaining("the gate stays closed")]);
  expect(since(mark).filter((entry) => !entry.startsWith("update"))).toEqual(["create Droplet web-0"]);
  expect(cloud.resources("ReservedIp")[0]?.outputs.assigned).toBe(old?.id);
  expect((await page()).status).toBe(200);
}, 600_000);

test("another new image: the gate passes, the address moves, both other machines go, and no visitor notices", async () => {
  const mark = cloud.journal().length;
  newImage(148_000_002);
  gatePatience(120);
  const { done: up, answers, failed } = await visitors(cloud.mustUp());
  expect([answers > 50, failed]).toEqual([true, []]);
  const moved = since(mark).filter((entry) => / (Droplet|ReservedIpAssignment) /.test(entry));
  expect(moved).toEqual([
    "create Droplet web-0",
    "create ReservedIpAssignment address-assignment",
    "delete ReservedIpAssignment address-assignment",
    "delete Droplet web-0",
    "delete Droplet web-0",
  ]);
  const order = steps(up);
  expect(order.indexOf("updated Command web-0-gate")).toBeLessThan(order.indexOf("created replacement ReservedIpAssignment address-assignment"));
  expect(cloud.resources("Droplet")).toHaveLength(1);
  expect((await page()).status).toBe(200);
}, 600_000);

/** Spaces is no S3 that this box could ask. */
function backupsInFolder(): void {
  const file = join(cloud.folder, "infra/targets/digitalocean/backup.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace(/const repository = .*;/, 'const repository = "/var/lib/webstack/backups";'));
}

test("a backup, a drill and a restore are done by root with the administrator, and what is restored is the app's", async () => {
  backupsInFolder();
  await cloud.pulumi(["config", "set", "--secret", "backupPassword"], "a-password-of-backups");
  cloud.change({ backup: { enabled: true } });
  await cloud.mustUp();
  const kept = await order("Ada");
  await cloud.remote("sudo hostctl backup");
  const drill = JSON.parse(await cloud.remote("sudo hostctl drill")) as { ok: boolean; checks: { ok: boolean }[]; health: { service: string; got: string }[]; error: string | null };
  expect([drill.ok, drill.error, drill.checks.filter(({ ok }) => !ok), drill.health]).toEqual([true, null, [], [expect.objectContaining({ service: "web", got: "200" })]]);
  expect(await asApp("select datname from pg_database where datname like '%drill%'")).toBe("");

  const lost = await order("Grace");
  const { done } = await visitors(cloud.ssh("sudo hostctl restore latest --yes"));
  expect([done.code, said(done)]).toEqual([0, expect.stringMatching(/database ocpizza: is backup \S+; kept as ocpizza_before_\w+, `hostctl restore --undo` changes back/)]);
  expect([await json(`/orders/${kept}`), await json(`/orders/${lost}`)]).toEqual([expect.objectContaining({ id: kept }), 404]);
  expect(await asApp("select current_user, min(tableowner), max(tableowner) from pg_tables where schemaname = 'public'")).toBe("ocpizza|ocpizza|ocpizza");
  expect(await asApp("select pg_get_userbyid(datdba) from pg_database where datname = current_database()")).toBe("doadmin");
  await order("Katherine");

  await cloud.remote("sudo hostctl restore --undo");
  expect(await json(`/orders/${lost}`)).toMatchObject({ id: lost });
  expect(await cloud.remote("sudo hostctl restore --drop-old")).toMatch(/removed: ocpizza_undone_\w+$/);
  expect(await asApp("select datname from pg_database where datname like 'ocpizza%'")).toBe("ocpizza");
  expect(await holding(adminPassword())).toEqual(["/etc/webstack/database-admin"]);
}, 600_000);

test("a release that changes the schema does so as the app's user, and a rollback with its restore point brings code and schema back", async () => {
  const migration = join(cloud.app, "shop/migrations/0009_note.py");
  const operations = `migrations.RunSQL("create table note (id int)")`;
  writeFileSync(migration, `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0002_menu")]\n    operations = [${operations}]\n`);
  await cloud.mustUp();
  rmSync(migration);
  expect(await asApp("select tableowner from pg_tables where tablename = 'note'")).toBe("ocpizza");
  expect(await cloud.remote("sudo hostctl rollback --restore")).toMatch(/is in ocpizza_before_\d{8}t\d{6}z only: public\.django_migrations \+1 rows, public\.note \(new table\) 0 rows;/);
  expect(await asApp("select count(*) from pg_tables where tablename = 'note'")).toBe("0");
  expect((await page()).status).toBe(200);
  await cloud.remote("sudo hostctl restore --drop-old");
}, 300_000);

test("database.restore: the site moves to a copy with every order in it, the first database stays, and nobody touches the host", async () => {
  const id = await order("Ada");
  const mark = cloud.journal().length;
  const [first] = cloud.resources("DatabaseCluster");
  cloud.change({ database: { restore: { from: first?.inputs.name } } });
  const { answers, failed } = await visitors(cloud.mustUp());
  expect([answers > 10, failed]).toEqual([true, []]);

  expect(since(mark).filter((entry) => / Database(Cluster|Db|User) /.test(entry))).toEqual([expect.stringMatching(/^create DatabaseCluster database-[0-9a-f]{5}$/)]);
  const copy = cloud.resources("DatabaseCluster").find((one) => one.id !== first?.id);
  expect((await cloud.values()).database).toMatchObject({ host: copy?.outputs.privateHost });
  expect(await json(`/orders/${id}`)).toMatchObject({ id, lines: [{ quantity: 2 }] });
  // The copy's own administrator, the same user of the app, and that one's work goes on.
  expect([await holding(adminPassword(copy)), await holding(adminPassword(first))]).toEqual([["/etc/webstack/database-admin"], []]);
  expect(await asApp("select current_user, host(inet_server_addr())")).toBe(`ocpizza|${String(copy?.outputs.privateHost)}`);
  expect(await asApp("create table mine (id int); drop table mine")).toBe("CREATE TABLE\nDROP TABLE");
  expect(await asApp("create database mine")).toContain("permission denied to create database");
}, 600_000);

test("a refresh finds nothing that differs", async () => {
  const refresh = await cloud.refresh();
  expect([refresh.code, said(refresh)]).toEqual([0, expect.stringMatching(/Resources:\n\s+\d+ unchanged\n/)]);
}, 120_000);

test("what is protected is not destroyed: npm run down says what forbids it and how to allow it, and the engine stops at its own preview", async () => {
  const { stdout } = await cloud.pulumi(["stack", "export"]);
  expect(refusal(cloud.name, parseState(stdout))).toContain(`  pulumi config set --stack ${cloud.name} protect nothing\n  npm run up -- ${cloud.name}`);
  const mark = cloud.journal().length;
  const destroyed = await cloud.pulumi(["destroy", "--yes"]);
  expect([destroyed.code === 0, said(destroyed)]).toEqual([false, expect.stringContaining("protect")]);
  expect(since(mark)).toEqual([]);
  expect((await page()).status).toBe(200);
}, 120_000);
