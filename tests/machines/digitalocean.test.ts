/**
 * Pulumi.prod.yaml as DigitalOcean gets it, on the simulated cloud: the real engine, real machines behind Droplet and database. Limit: what
 * the simulation knows of DigitalOcean (tests/cloud/README.md); a snapshot copies no disk, no authority signs the certificate, and backups,
 * once they are switched on, go to moto's S3 instead of Spaces.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { packConfig } from "../../cli/policy";
import { parseState } from "../../cli/protection";
import { moto, startMoto, type Moto } from "../../tools/moto";
import { defaultDebian } from "../../infra/config/catalog/debian";
import { userData } from "../../infra/host/user-data";
import { proofOf, proofPath } from "../../infra/release/contact";
import { removeMachine } from "../../providers/nspawn/running";
import { makeAuthority, sign } from "../cloud/authority";
import { digitalocean } from "../cloud/digitalocean";
import { ask as sql } from "../cloud/postgres";
import { PublicAddresses } from "../cloud/public";
import { checked } from "../cloud/uptime";
import type { Stored } from "../cloud/store";
import { keyPair } from "../tools/sshKey";
import { printedLeft, refusedDestroy, said, steps, TestCloud } from "./cloud";
import { testAtNight } from "./rows";
import { sameHostTests } from "./sameHost";
import { Shop } from "./shop";
import { visitors } from "./visitors";

const cloud = new TestCloud("digitalocean", "10.84.20.0/24", "digitalocean", { example: "Pulumi.prod.yaml" });
// Of the private network, where the simulated world arrives from.
const gateway = "10.84.20.1";
let spaces: Moto | undefined;

beforeAll(async () => {
  if (moto.missing() !== null) await moto.make(() => undefined);
  await cloud.init({ access: { sshFrom: [`${gateway}/32`] }, backup: { enabled: false } });
}, 60_000);

afterAll(async () => {
  await spaces?.stop();
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

const root = resolve(__dirname, "../..");
const served = async () => ((await cloud.values()).hosts as readonly { machine: string; hostKey: string; snapshotOf?: string }[])[0];
const address = () => cloud.resources("ReservedIp")[0]?.id ?? "";

const shop = new Shop(address);
const page = (path?: string) => shop.page(path);

/** A statement as the app's own login, on its host: what psql prints, errors included. */
async function asApp(sql: string): Promise<string> {
  const { stdout, stderr } = await cloud.ssh("sudo bash -c 'set -a; . /etc/webstack/env; exec psql \"$DATABASE_URL\" -At'", { stdin: sql });
  return `${stdout}${stderr}`.trim();
}

/** The password of doadmin in one cluster. */
const adminPassword = (cluster = cloud.resources("DatabaseCluster")[0]) => String(cluster?.outputs.password);

/** Files of the host with a text in them, those of every process's environment and words included. */
async function holding(text: string): Promise<string[]> {
  const places = "/etc /srv /var/lib/webstack /var/lib/cloud /var/log /run/webstack /tmp /root /proc/[0-9]*/environ /proc/[0-9]*/cmdline";
  // The pattern on standard input, which no process's words show.
  const { stdout } = await cloud.ssh(`sudo sh -c 'grep -rlaF -f - ${places} 2> /dev/null'`, { stdin: `${text}\n` });
  return stdout
    .trim()
    .split("\n")
    .filter((path) => path !== "");
}

/** An image that was made of a host, as `host.image` takes it; another build of Debian is no different. */
const newImage = (number: number) => cloud.change({ host: { image: String(number), debian: defaultDebian } });

test("a preview creates nothing and says what there would be", async () => {
  const preview = await cloud.preview();
  expect([preview.code, said(preview)]).toEqual([0, expect.stringMatching(/\+ \d+ to create/)]);
  expect(cloud.entries()).toEqual([]);
}, 120_000);

test("the rules let the stack through, and stop a machine that nobody watches before anything is made", async () => {
  const held = (...words: string[]) => cloud.preview("--policy-pack", join(root, "policy/webstack-policy"), ...words);
  const through = await held();
  expect([through.code, said(through)]).toEqual([0, expect.stringContaining("do-database-standby")]);

  const file = join(cloud.folder, "infra/targets/digitalocean/host.ts");
  const right = readFileSync(file, "utf8");
  writeFileSync(file, right.replace("monitoring: true", "monitoring: false"));
  const stopped = await held();
  writeFileSync(file, right);
  expect([stopped.code === 0, said(stopped)]).toEqual([false, expect.stringMatching(/\[mandatory\]\s+do-droplet-monitoring/)]);
  expect(said(stopped)).toContain("web-0 must run the monitoring agent, got false");

  // One that binds production, with no word but the pack's; told that nothing is protected, as our verbs tell it, it is advice, and what is
  // excepted is not told.
  cloud.change({ monitoring: { emails: [] } });
  const unwatched = await held();
  expect([unwatched.code === 0, said(unwatched)]).toEqual([false, expect.stringMatching(/\[mandatory\]\s+do-alert-disk/)]);
  const config = join(cloud.folder, "policy.json");
  writeFileSync(
    config,
    JSON.stringify(
      packConfig({
        production: false,
        exceptions: [{ rule: "do-uptime", resource: "web-0", reason: "somebody else asks the site from outside" }],
      }),
    ),
  );
  const rehearsed = await held("--policy-pack-config", config);
  expect([rehearsed.code, said(rehearsed)]).toEqual([0, expect.stringMatching(/\[advisory\]\s+do-alert-disk/)]);
  expect(said(rehearsed)).not.toContain("do-uptime");
  cloud.change({ monitoring: { emails: ["ops@ocpizza.fr"] } });
  expect(cloud.entries()).toEqual([]);
}, 180_000);

test("up: the host serves through the reserved address, which it got only behind the gate", async () => {
  const up = await cloud.mustUp();
  const order = steps(up);
  const positions = [
    "created Droplet web-0",
    "created Command web-0-apply",
    "created Command web-0-gate",
    "created ReservedIpAssignment address-assignment",
  ].map((step) => order.indexOf(step));
  expect(positions).not.toContain(-1);
  expect(positions).toEqual([...positions].sort((one, other) => one - other));
  const { status, body } = await page();
  expect([status, body]).toEqual([200, expect.stringContaining("<title>")]);
}, 600_000);

/** What the machine was given to prove itself with. */
const tokenOf = (machine: Stored | undefined): string =>
  /webstack-contact\/token\n[^]*?content: "?([0-9a-f]{64})\b/.exec(String(machine?.inputs.userData))?.[1] ?? "";

test("the machine proved its key by its token, which stands in no text of the state and where no app can read it", async () => {
  const token = tokenOf(cloud.resources("Droplet")[0]);
  expect(await cloud.remote(`cat ${proofPath}`)).toBe(proofOf(token, (await served())?.hostKey ?? ""));
  expect([token.length, (await cloud.pulumi(["stack", "export"])).stdout.includes(token)]).toEqual([64, false]);
  const asApp = await cloud.ssh("sudo -u ocpizza grep -rlaF -f - /etc /srv /run /var/lib /var/log 2> /dev/null", { stdin: `${token}\n` });
  expect(asApp.stdout).toBe("");
}, 60_000);

test("a stack from before machines proved themselves has its host left as it is, byte for byte", async () => {
  const { deployment, ...rest } = JSON.parse((await cloud.pulumi(["stack", "export"])).stdout) as {
    deployment: { resources: { urn: string; inputs?: object; outputs?: object }[] };
  };
  const text = userData(/ssh-ed25519 \S+/.exec(String(cloud.resources("Droplet")[0]?.inputs.userData))?.[0] ?? "", "debian-12");
  const { hostKey } = (await served()) ?? { hostKey: "" };
  const without = (values: object | undefined, ...names: readonly string[]) =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => !names.includes(name)));
  const older = deployment.resources.map((resource) => {
    const { urn, inputs, outputs } = resource;
    const old = without(resource, "ignoreChanges", "additionalSecretOutputs");
    if (urn.endsWith(":Droplet::web-0")) return { ...old, inputs: { ...inputs, userData: text }, outputs: { ...outputs, userData: text } };
    if (!urn.endsWith(":Command::web-0-host-key")) return resource;
    return { ...old, inputs: without(inputs, "stdin"), outputs: { ...without(outputs, "stdin"), stdout: hostKey, stderr: "" } };
  });
  expect((await cloud.pulumi(["stack", "import"], JSON.stringify({ ...rest, deployment: { ...deployment, resources: older } }))).code).toBe(
    0,
  );
  const preview = await cloud.preview("--expect-no-changes");
  expect([preview.code, said(preview)]).toEqual([0, expect.stringMatching(/Resources:\n\s+\d+ unchanged\n/)]);
}, 120_000);

test("the app is a user of its own, who owns its tables and may make neither databases nor roles", async () => {
  expect(
    await asApp("select current_user, count(*) > 5, min(tableowner), max(tableowner) from pg_tables where schemaname = 'public'"),
  ).toBe("ocpizza|t|ocpizza|ocpizza");
  expect(await asApp("select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user")).toBe("f|f|f");
  expect(await asApp("select count(*) from pg_auth_members where member = current_user::regrole")).toBe("0");
  expect(await asApp("create database mine")).toContain("permission denied to create database");
  expect(await asApp("create role mine")).toContain("permission denied to create role");
  expect(await asApp("drop database ocpizza")).toContain("must be owner of database ocpizza");
  expect(await asApp("alter role doadmin password 'mine'")).toContain("permission denied");
}, 60_000);

test("its sessions begin in read committed and UTC, though the cluster is set otherwise", async () => {
  expect(await asApp("select current_setting('default_transaction_isolation'), current_setting('timezone')")).toBe("read committed|UTC");
  const [cluster] = cloud.resources("DatabaseCluster");
  expect(sql({ machine: String(cluster?.outputs.machine), port: 25_060 }, "postgres", "show timezone")).toBe("Asia/Tokyo");
}, 60_000);

test("doadmin's password is in one file for root, and in no process, log, or text of the state; the app's is where it should be", async () => {
  expect(await holding(adminPassword())).toEqual(["/etc/webstack/database-admin"]);
  expect(await cloud.remote("sudo stat -c '%U:%G %a' /etc/webstack/database-admin")).toBe("root:root 600");
  // The search finds what is there.
  const found = await holding(String(cloud.resources("DatabaseUser")[0]?.outputs.password));
  expect([
    found.includes("/etc/webstack/env"),
    found.some((path) => path.endsWith("/environ")),
    found.includes("/etc/webstack/database-admin"),
  ]).toEqual([true, true, false]);
  expect((await cloud.pulumi(["stack", "export"])).stdout).not.toContain(adminPassword());
  expect(await cloud.remote("sudo -u ocpizza cat /etc/webstack/database-admin 2>&1; true")).toContain("Permission denied");
}, 60_000);

test("an alert of the host is heard: the uptime check of its status page finds 503 while it stands, and has an alert that tells of it", async () => {
  const authority = makeAuthority("an authority");
  const { certificate, key } = sign(authority, ["DNS:www.ocpizza.fr"]);
  // The host's stand-in, which no authority signed, is an alert, and so is the order that failed.
  const install =
    "cp -p /etc/webstack/tls/site.pem /opt/stand-in.pem; cat > /etc/webstack/tls/site.pem; hostctl reload; systemctl reset-failed";
  expect(await cloud.ssh(`sudo sh -ec '${install}'`, { stdin: `${certificate}${key}` })).toMatchObject({ code: 0 });
  const found = () => checked(cloud.store, "-alerts", address(), authority.certificate);
  // The watch's looks, which are a minute apart, are had at once.
  const look = () => cloud.remote("sudo systemctl start webstack-watch.service");
  const secret = (await found()).url.split("/").at(-1) ?? "";
  await look();
  expect(await found()).toEqual({ url: `https://www.ocpizza.fr/.webstack/status/${secret}`, status: 200, told: [] });
  await cloud.remote(
    'sudo systemd-run --quiet --unit broken false; until systemctl -q is-failed broken; do sleep 0.1; done; until [ -z "$(sudo ls ' +
      '-A /run/webstack/status)" ]; do sleep 0.1; done',
  );
  expect(await found()).toMatchObject({ status: 503, told: ["ops@ocpizza.fr"] });
  await cloud.remote("sudo systemctl reset-failed broken");
  await look();
  expect((await found()).status).toBe(200);
  // Maintenance is none, and who does not know the page's name learns nothing.
  await cloud.remote("sudo hostctl maintenance on --message closed");
  expect((await found()).status).toBe(200);
  // Nor is it an outage to the check of the site, though visitors are held.
  expect([await checked(cloud.store, cloud.name, address(), authority.certificate), (await page("/healthz")).status]).toEqual([
    { url: "https://www.ocpizza.fr/.webstack/health/web", status: 200, told: [] },
    503,
  ]);
  await cloud.remote("sudo hostctl maintenance off");
  expect((await page(`/.webstack/status/${"0".repeat(32)}`)).status).toBe(503);
  expect([secret, (await cloud.pulumi(["stack", "export"])).stdout.includes(secret)]).toEqual([
    expect.stringMatching(/^[0-9a-f]{32}$/),
    false,
  ]);
  expect(await holding(secret)).toEqual(["/etc/webstack/monitoring-secrets"]);
  expect(await cloud.remote("sudo -u ocpizza ls /run/webstack/status 2>&1; true")).toContain("Permission denied");
  await cloud.remote("sudo sh -ec 'mv /opt/stand-in.pem /etc/webstack/tls/site.pem; hostctl reload'");
}, 180_000);

sameHostTests(cloud, page, "examples/ocpizza/shop/static/shop/site.css");

test("a new key of the stack replaces the machine, though its user-data, in which that stands, is given to new ones alone", async () => {
  const { stdout: key } = await cloud.pulumi(["config", "get", "sshPrivateKey"]);
  await cloud.pulumi(["config", "set", "--secret", "sshPrivateKey"], keyPair().private);
  const preview = await cloud.preview();
  await cloud.pulumi(["config", "set", "--secret", "sshPrivateKey"], key);
  expect(said(preview)).toMatch(/digitalocean:index:Droplet +web-0 +replace \[diff: .*~sshKeys/);
}, 60_000);

test("a new image: the preview says which machine is replaced and why, and that it is snapshot", async () => {
  newImage(148_000_001);
  const preview = await cloud.preview();
  expect(said(preview)).toMatch(/digitalocean:index:Droplet +web-0 +replace \[diff: ~image\]/);
  expect(said(preview)).toMatch(/\+ +digitalocean:index:DropletSnapshot +web-0-snapshot +create/);
  expect(cloud.resources("DropletSnapshot")).toEqual([]);
}, 120_000);

test("a question that DigitalOcean refuses ends the preview with one line and what to look at, without a call stack", async () => {
  newImage(148_000_001);
  cloud.ask({
    op: "invoke",
    type: "digitalocean:index/getDroplets:getDroplets",
    error: "1 error occurred:\n\t* GET https://api.digitalocean.com/v2/droplets: 401 Unable to authenticate you\n\n",
  });
  const refused = await cloud.preview();
  const lines = said(refused)
    .split("\n")
    .filter((line) => line.includes("Unable to authenticate you"));
  expect([refused.code === 0, lines.length > 0]).toEqual([false, true]);
  expect(lines.map((line) => line.replace(/^.*error: /, ""))).toEqual(
    Array(lines.length).fill(
      "the Droplets of the account: could not be asked for: GET https://api.digitalocean.com/v2/droplets: 401 Unable to " +
        "authenticate you; look whether DIGITALOCEAN_TOKEN still holds and may read that, and whether " +
        "https://status.digitalocean.com has an incident; then run it again",
    ),
  );
  expect(said(refused)).not.toMatch(/^\s+at \S+ \(|unhandled|node_modules/m);
}, 120_000);

test("a new image whose machine the gate refuses: the old one serves on, and is already snapshot", async () => {
  newImage(148_000_001);
  const mark = cloud.journal().length;
  const [old] = cloud.resources("Droplet");
  cloud.ask({ op: "create", type: "digitalocean:index/droplet:Droplet", closedPorts: [80, 443] });
  cloud.gatePatience(10);
  const { done: up, failed } = await visitors(page, cloud.up());
  expect(failed).toEqual([]);
  expect([up.code === 0, said(up)]).toEqual([false, expect.stringContaining("the gate stays closed")]);
  expect(cloud.since(mark).filter((entry) => !entry.startsWith("update"))).toEqual([
    "create Droplet web-0",
    "create DropletSnapshot web-0-snapshot",
  ]);
  expect(cloud.resources("DropletSnapshot").map(({ inputs }) => inputs)).toEqual([
    { dropletId: old?.id, name: `webstack-${cloud.name}-web-0-${old?.id ?? ""}` },
  ]);
  expect(await served()).toMatchObject({ machine: old?.id });
  expect(cloud.resources("ReservedIp")[0]?.outputs.assigned).toBe(old?.id);
  expect((await page()).status).toBe(200);
}, 600_000);

test("a new machine that DigitalOcean refuses to make: up ends with its words, and nothing has changed", async () => {
  const mark = cloud.journal().length;
  const before = await served();
  newImage(148_000_003);
  cloud.ask({ op: "create", type: "digitalocean:index/droplet:Droplet", error: "422: creating this would exceed your droplet limit" });
  const up = await cloud.up();
  expect([up.code === 0, said(up)]).toEqual([false, expect.stringContaining("exceed your droplet limit")]);
  expect(cloud.since(mark)).toEqual(["create Droplet web-0: 422: creating this would exceed your droplet limit"]);
  expect(await served()).toEqual(before);
}, 200_000);

test("a machine at the new one's address that is not the new one: it is named in one line, and told nothing secret, though it lets us in", async () => {
  const mark = cloud.journal().length;
  const before = await served();
  const canary = "sk_live_canary_of_the_first_contact";
  expect((await cloud.pulumi(["config", "set", "--secret", "STRIPE_API_KEY"], canary)).code).toBe(0);
  newImage(148_000_002);
  const key = await cloud.npm("key", cloud.name, "--replace");
  expect([key.code, key.stdout]).toEqual([
    0,
    expect.stringContaining(
      `brings another machine in place of web-0, which knows this key alone; until then web-0 knows the one before, too`,
    ),
  ]);
  // The one that serves: it has the stack's key, and a proof of its own.
  cloud.ask({ op: "create", type: "digitalocean:index/droplet:Droplet", answeredBy: before?.machine ?? "" });
  const up = await cloud.up();
  expect([up.code === 0, said(up)]).toEqual([
    false,
    expect.stringMatching(
      /\S+ does not prove its host key SHA256:\S+ with the token that web-0 was given: it may be somebody else's machine/,
    ),
  ]);
  expect(steps(up).filter((step) => / web-0-(boot|bundle|release|apply|handover)/.test(step))).toEqual([]);
  expect(cloud.since(mark).filter((entry) => !entry.startsWith("update"))).toEqual(["create SshKey ssh-key", "create Droplet web-0"]);
  expect([await holding(canary), (await page()).status]).toEqual([[], 200]);
  const wrong = cloud.resources("Droplet").find(({ id, outputs }) => outputs.answeredBy !== id);
  if (wrong === undefined) throw new Error("every machine answers at its own address");
  cloud.store.put({ ...wrong, outputs: { ...wrong.outputs, answeredBy: wrong.id } });
  new PublicAddresses(cloud.store).lead(
    digitalocean.routes(cloud.store),
    digitalocean.closed(cloud.store),
    digitalocean.networks(cloud.store).map(({ range }) => range),
  );
}, 200_000);

test("the same machine, with a new key, at its address: the gate passes, the site's address moves, both other machines go, and no visitor notices; the snapshot of the one that served stays", async () => {
  const mark = cloud.journal().length;
  const before = await served();
  cloud.gatePatience(120);
  const { done: up, answers, failed } = await visitors(page, cloud.mustUp());
  expect([answers > 50, failed]).toEqual([true, []]);
  const moved = cloud.since(mark).filter((entry) => / (Droplet|DropletSnapshot|ReservedIpAssignment) /.test(entry));
  expect(moved).toEqual([
    "create ReservedIpAssignment address-assignment",
    "delete ReservedIpAssignment address-assignment",
    "delete Droplet web-0",
    "delete Droplet web-0",
  ]);
  const order = steps(up);
  expect(order.indexOf("updated Command web-0-gate")).toBeLessThan(
    order.indexOf("created replacement ReservedIpAssignment address-assignment"),
  );
  const [machine, ...others] = cloud.resources("Droplet");
  expect(others).toEqual([]);
  expect(await served()).toMatchObject({ machine: machine?.id, snapshotOf: before?.machine });
  expect(cloud.resources("DropletSnapshot").map(({ inputs }) => inputs.dropletId)).toEqual([before?.machine]);
  expect((await page()).status).toBe(200);
  const refused = await cloud.ssh("true");
  // ssh would offer the public half that lies beside it.
  rmSync(join(cloud.folder, "key.pub"));
  writeFileSync(join(cloud.folder, "key"), `${(await cloud.pulumi(["config", "get", "sshPrivateKey"])).stdout.trim()}\n`);
  expect([refused.code, refused.stderr, await cloud.remote("whoami")]).toEqual([
    255,
    expect.stringContaining("Permission denied"),
    "deploy",
  ]);
}, 600_000);

test("the next up changes nothing, and keeps that snapshot", async () => {
  const preview = await cloud.preview("--expect-no-changes");
  expect([preview.code, said(preview)]).toEqual([0, expect.stringMatching(/Resources:\n\s+\d+ unchanged\n/)]);
}, 120_000);

testAtNight(
  "digitalocean",
  "a replacement that nothing of the description asks for is no different: its snapshot comes before the address moves, and the one before goes then",
  async () => {
    const mark = cloud.journal().length;
    const before = await served();
    const { stdout } = await cloud.pulumi(["stack", "export"]);
    const machine = parseState(stdout).find(({ urn }) => urn.endsWith("digitalocean:index/droplet:Droplet::web-0"));
    const up = await cloud.pulumi(["up", "--yes", "--skip-preview", "--replace", machine?.urn ?? ""]);
    expect([up.code, up.stderr]).toEqual([0, ""]);
    expect(cloud.since(mark).filter((entry) => / (Droplet|DropletSnapshot|ReservedIpAssignment) /.test(entry))).toEqual([
      "create Droplet web-0",
      "create DropletSnapshot web-0-snapshot",
      "create ReservedIpAssignment address-assignment",
      "delete ReservedIpAssignment address-assignment",
      "delete DropletSnapshot web-0-snapshot",
      "delete Droplet web-0",
    ]);
    expect(cloud.resources("DropletSnapshot").map(({ inputs }) => inputs.dropletId)).toEqual([before?.machine]);
    expect((await served())?.snapshotOf).toBe(before?.machine);
    expect((await page()).status).toBe(200);
  },
  600_000,
);

test("the releases of the first host can be gone back to on the last, static files and all", async () => {
  const releases = JSON.parse(await cloud.remote("sudo hostctl releases --json")) as readonly {
    digest: string;
    serving: boolean;
    onHost: boolean;
  }[];
  const [now, ...others] = releases;
  expect([now?.serving, others.length >= 3, others.every(({ onHost }) => onHost)]).toEqual([true, true, true]);
  const earlier = others.find(({ digest }) => digest !== now?.digest)?.digest ?? "";
  await cloud.remote("sudo hostctl rollback");
  expect(JSON.parse((await page("/healthz")).body)).toEqual({ status: "ok", release: earlier });
  const { body } = await page();
  expect((await page(/"(\/static\/[^"]+\.css)"/.exec(body)?.[1] ?? "")).status).toBe(200);
  await cloud.remote(`sudo hostctl release ${now?.digest ?? ""}`);
  expect(JSON.parse((await page("/healthz")).body)).toEqual({ status: "ok", release: now?.digest });
}, 120_000);

testAtNight(
  "digitalocean",
  "Debian 12 in place of Debian 13, and Debian 13 again: no visitor notices",
  async () => {
    for (const debian of ["debian-12", "debian-13"] as const) {
      cloud.change({ host: { image: debian, debian } });
      const { answers, failed } = await visitors(page, cloud.mustUp());
      expect([answers > 50, failed]).toEqual([true, []]);
      expect([
        cloud.resources("Droplet").length,
        (await page()).status,
        await cloud.remote(". /etc/os-release; echo debian-$VERSION_ID"),
      ]).toEqual([1, 200, debian]);
    }
  },
  1_200_000,
);

/** Backups go to moto, by the address that the machines have for this box; with the rest of the program as it is. */
async function backUp(): Promise<void> {
  // Of every address, since the gateway's goes away with the network.
  spaces = await startMoto("0.0.0.0");
  const file = join(cloud.folder, "infra/targets/digitalocean/backup.ts");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("s3:https://${region}.digitaloceanspaces.com/", `s3:http://${gateway}:${new URL(spaces.url).port}/`),
  );
  cloud.change({ backup: { enabled: true } });
  await cloud.pulumi(["config", "set", "--secret", "backupPassword"], "a-password-of-backups");
  await cloud.mustUp();
}

/** Moto looks for a signature on a private object, and not into it. */
const signed = { Authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0" };

/** Where this test asks for what is in the bucket. */
const bucketUrl = () => `http://127.0.0.1:${new URL(spaces?.url ?? "").port}/${String(cloud.resources("SpacesBucket")[0]?.inputs.name)}`;

/** When each backup's entry reached the bucket, in milliseconds, by the name of its file. */
async function backups(): Promise<ReadonlyMap<string, number>> {
  const listing = await (await fetch(`${bucketUrl()}?list-type=2&prefix=restic/snapshots/`, { headers: signed })).text();
  const entry = /<Key>([^<]+)<\/Key>\s*<LastModified>([^<]+)<\/LastModified>/g;
  return new Map([...listing.matchAll(entry)].map(([, key = "", time = ""]) => [key, Date.parse(time)]));
}

test("a backup, a drill and a restore are done by root with the administrator, and what is restored is the app's", async () => {
  await backUp();
  const kept = await shop.order("Ada");
  await cloud.remote("sudo hostctl backup");
  const drill = JSON.parse(await cloud.remote("sudo hostctl drill")) as {
    ok: boolean;
    checks: { ok: boolean }[];
    health: { service: string; got: string }[];
    error: string | null;
  };
  expect([drill.ok, drill.error, drill.checks.filter(({ ok }) => !ok), drill.health]).toEqual([
    true,
    null,
    [],
    [expect.objectContaining({ service: "web", got: "200" })],
  ]);
  expect(await asApp("select datname from pg_database where datname like '%drill%'")).toBe("");

  const lost = await shop.order("Grace");
  const { done } = await visitors(page, cloud.ssh("sudo hostctl restore latest --yes"));
  expect([done.code, said(done)]).toEqual([
    0,
    expect.stringMatching(/database ocpizza: is backup \S+; kept as ocpizza_before_\w+, `hostctl restore --undo` changes back/),
  ]);
  expect([await shop.json(`/orders/${kept}`), await shop.json(`/orders/${lost}`)]).toEqual([expect.objectContaining({ id: kept }), 404]);
  expect(await asApp("select current_user, min(tableowner), max(tableowner) from pg_tables where schemaname = 'public'")).toBe(
    "ocpizza|ocpizza|ocpizza",
  );
  expect(await asApp("select pg_get_userbyid(datdba) from pg_database where datname = current_database()")).toBe("doadmin");
  await shop.order("Katherine");

  await cloud.remote("sudo hostctl restore --undo");
  expect(await shop.json(`/orders/${lost}`)).toMatchObject({ id: lost });
  expect(await cloud.remote("sudo hostctl restore --drop-old")).toMatch(/removed: ocpizza_undone_\w+$/);
  expect(await asApp("select datname from pg_database where datname like 'ocpizza%'")).toBe("ocpizza");
  expect(await holding(adminPassword())).toEqual(["/etc/webstack/database-admin"]);
}, 600_000);

testAtNight(
  "digitalocean",
  "a release that changes the schema does so as the app's user, and a rollback with its restore point brings code and schema back",
  async () => {
    const migration = join(cloud.app, "shop/migrations/0009_note.py");
    const operations = `migrations.RunSQL("create table note (id int)")`;
    writeFileSync(
      migration,
      `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0002_menu")]\n  ` +
        `  operations = [${operations}]\n`,
    );
    await cloud.mustUp();
    rmSync(migration);
    expect(await asApp("select tableowner from pg_tables where tablename = 'note'")).toBe("ocpizza");
    expect(await cloud.remote("sudo hostctl rollback --restore")).toMatch(
      /is in ocpizza_before_\d{8}t\d{6}z only: public\.django_migrations \+1 rows, public\.note \(new table\) 0 rows;/,
    );
    expect(await asApp("select count(*) from pg_tables where tablename = 'note'")).toBe("0");
    expect((await page()).status).toBe(200);
    await cloud.remote("sudo hostctl restore --drop-old");
  },
  300_000,
);

testAtNight(
  "digitalocean",
  "a host that DigitalOcean has lost comes anew by the command of the documents: its address, every order, and the releases and restore points of before",
  async () => {
    const id = await shop.order("Ada");
    await cloud.remote("sudo hostctl backup");
    const digests = async () =>
      (JSON.parse(await cloud.remote("sudo hostctl releases --json")) as readonly { digest: string }[]).map(({ digest }) => digest);
    const points = async () => (await cloud.remote("sudo hostctl backups")).match(/^\d{8}T\d{6}Z(?=.* restore point of release )/gm);
    const [before, had, at] = [await digests(), await points(), address()];
    const [lost] = cloud.resources("Droplet");
    const [ip] = cloud.resources("ReservedIp");
    await removeMachine(String(lost?.outputs.machine));
    cloud.store.remove(lost?.type ?? "", lost?.id ?? "");
    if (ip !== undefined) cloud.store.put({ ...ip, outputs: { ...ip.outputs, assigned: "" } });
    for (const { type, id } of cloud.resources("ReservedIpAssignment")) cloud.store.remove(type, id);

    const mark = cloud.journal().length;
    const up = await cloud.shell(`WEBSTACK_ABANDON=1 pulumi up --refresh --yes --skip-preview --non-interactive --stack ${cloud.name}`);
    expect([up.code, up.stderr]).toEqual([0, ""]);
    expect(cloud.since(mark).filter((entry) => / (Droplet|ReservedIpAssignment) /.test(entry))).toEqual([
      "create Droplet web-0",
      "create ReservedIpAssignment address-assignment",
    ]);
    expect([address(), await shop.json(`/orders/${id}`)]).toEqual([at, expect.objectContaining({ id })]);
    expect([(await digests()).slice(-before.length), await points(), (had ?? []).length > 0]).toEqual([before, had, true]);
  },
  600_000,
);

/**
 * Ends the app's sessions in a cluster each second while `work` is done: whoever serves then has to log in to it again, as after a
 * session's age. A page is made twice and no more, so on a busy box no two of these may meet one page.
 */
async function withoutSessions<T>(cluster: Stored | undefined, work: () => Promise<T>): Promise<T> {
  const server = { machine: String(cluster?.outputs.machine), port: 25_060 };
  const ending = setInterval(
    () => sql(server, "postgres", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'ocpizza'"),
    1000,
  );
  return work().finally(() => clearInterval(ending));
}

test("database.restore: the site moves to a copy with every order in it, the first database stays, and nobody touches the host", async () => {
  const id = await shop.order("Ada");
  const mark = cloud.journal().length;
  const [first] = cloud.resources("DatabaseCluster");
  cloud.change({ database: { restore: { from: first?.inputs.name } } });
  const { answers, failed } = await withoutSessions(first, () => visitors(page, cloud.mustUp()));
  expect([answers > 10, failed]).toEqual([true, []]);

  expect(cloud.since(mark).filter((entry) => / Database(Cluster|Db|User) /.test(entry))).toEqual([
    expect.stringMatching(/^create DatabaseCluster database-[0-9a-f]{5}$/),
  ]);
  const copy = cloud.resources("DatabaseCluster").find((one) => one.id !== first?.id);
  expect((await cloud.values()).database).toMatchObject({ host: copy?.outputs.privateHost });
  expect(await shop.json(`/orders/${id}`)).toMatchObject({ id, lines: [{ quantity: 2 }] });
  // The copy's own administrator, the same user of the app, and that one's work goes on.
  expect([await holding(adminPassword(copy)), await holding(adminPassword(first))]).toEqual([["/etc/webstack/database-admin"], []]);
  expect(await asApp("select current_user, host(inet_server_addr())")).toBe(`ocpizza|${String(copy?.outputs.privateHost)}`);
  expect(await asApp("create table mine (id int); drop table mine")).toBe("CREATE TABLE\nDROP TABLE");
  expect(await asApp("create database mine")).toContain("permission denied to create database");
}, 600_000);

testAtNight(
  "digitalocean",
  "another moment after that one: refused while the copy is protected, then the site moves on, and the copy goes",
  async () => {
    const isCopy = ({ inputs }: { inputs: object }) => "backupRestore" in inputs;
    const there = () => cloud.resources("DatabaseCluster");
    const first = there().find((one) => !isCopy(one));
    const wrong = there().find(isCopy);
    cloud.change({ database: { restore: { from: first?.inputs.name, at: "2026-11-01T03:00:00Z" } } });
    const { stdout } = await cloud.pulumi(["stack", "export"]);
    const urn = parseState(stdout).find((one) => one.urn.includes(":DatabaseCluster::database-"))?.urn ?? "";
    const refused = await cloud.preview();
    expect([refused.code === 0, said(refused).replaceAll(/\n +/g, "\n")]).toEqual([
      false,
      expect.stringContaining(`\`pulumi state unprotect '${urn}'\``),
    ]);

    expect((await cloud.pulumi(["state", "unprotect", urn, "--yes"])).code).toBe(0);
    const mark = cloud.journal().length;
    const { answers, failed } = await visitors(page, cloud.mustUp());
    expect([answers > 10, failed]).toEqual([true, []]);
    const name = urn.split("::").at(-1) ?? "";
    // The wrong copy's firewall goes with it: deleted before, it would leave a cluster open to the world.
    expect(cloud.since(mark).filter((entry) => / Database/.test(entry))).toEqual([
      expect.stringMatching(/^create DatabaseCluster database-[0-9a-f]{5}$/),
      expect.stringMatching(/^create DatabaseFirewall database-[0-9a-f]{5}-firewall$/),
      `delete DatabaseCluster ${name}`,
    ]);
    const copy = there().find(isCopy);
    expect([there().length, there().some(({ id }) => id === first?.id), copy?.id === wrong?.id]).toEqual([2, true, false]);
    expect(await asApp("select current_user, host(inet_server_addr())")).toBe(`ocpizza|${String(copy?.outputs.privateHost)}`);
  },
  600_000,
);

test("a refresh finds nothing that differs", async () => {
  const refresh = await cloud.refresh();
  expect([refresh.code, said(refresh)]).toEqual([0, expect.stringMatching(/Resources:\n\s+\d+ unchanged\n/)]);
}, 120_000);

test("what somebody removed in the cloud is found by drift and by no plain up, and comes again by the command that drift names", async () => {
  const [alert] = cloud.resources("UptimeAlert").filter(({ inputs }) => String(inputs.name).endsWith(": host alert"));
  cloud.store.remove(alert?.type ?? "", alert?.id ?? "");
  expect((await cloud.preview("--expect-no-changes")).code).toBe(0);
  const drift = await cloud.npm("drift", cloud.name);
  expect([drift.code, drift.stdout]).toEqual([
    3,
    `${cloud.name} is not as declared:\n  host-alerts-stand: create\nnpm run up -- ${cloud.name} --refresh makes it so again; npm ` +
      `run preview -- ${cloud.name} --refresh shows how.\n`,
  ]);
  const mark = cloud.journal().length;
  await cloud.mustUp("--refresh");
  expect(cloud.since(mark)).toEqual(["create UptimeAlert host-alerts-stand"]);
}, 300_000);

test("what is protected is not destroyed: npm run down names the two commands that would allow it, and so does a bare pulumi destroy", async () => {
  const mark = cloud.journal().length;
  const kept = [...(await backups()).keys()];
  const down = await cloud.npm("down", cloud.name, "--yes");
  expect([down.code, down.stdout, down.stderr]).toEqual([
    1,
    "",
    [
      `webstack: stack ${cloud.name} is protected, and nothing of it was deleted: address, backups, ` +
        `${(await clusters()).join(", ")}, database-db, database-user`,
      "To allow it, and then run this once more, which makes a last backup first:",
      `  npm run pulumi -- ${cloud.name} config set protect nothing`,
      `  npm run up -- ${cloud.name}`,
      "",
    ].join("\n"),
  ]);
  for (const words of [["--yes"], ["--yes", "--skip-preview"], ["--yes", "--run-program"]]) {
    const destroyed = await cloud.pulumi(["destroy", ...words]);
    expect([destroyed.code === 0, said(destroyed).replaceAll(/\n +/g, "\n")]).toEqual([
      false,
      expect.stringContaining(refusedDestroy(cloud.name)),
    ]);
  }
  expect([cloud.since(mark), [...(await backups()).keys()]]).toEqual([[], kept]);
  expect((await page()).status).toBe(200);
}, 400_000);

/** Names of the clusters in the program, sorted. */
async function clusters(): Promise<readonly string[]> {
  const { stdout } = await cloud.pulumi(["stack", "export"]);
  return parseState(stdout)
    .filter(({ urn }) => urn.includes(":DatabaseCluster::"))
    .map(({ urn }) => urn.split("::").at(-1) ?? "")
    .sort();
}

test("set free by those commands, the stack stays whole when its last backup fails", async () => {
  const set = await cloud.pulumi(["config", "set", "protect", "nothing"]);
  expect([set.code, set.stderr]).toEqual([0, ""]);
  await cloud.mustUp();
  const mark = cloud.journal().length;
  const config = `${bucketUrl()}/restic/config`;
  const lost = await fetch(config, { headers: signed });
  const body = await lost.arrayBuffer();
  expect([lost.status, (await fetch(config, { method: "DELETE", headers: signed })).status]).toEqual([200, 204]);
  const down = await cloud.npm("down", cloud.name, "--yes");
  expect((await fetch(config, { method: "PUT", headers: signed, body })).status).toBe(200);
  expect([down.code, down.stdout]).toEqual([1, "A last backup, by web-0:\n"]);
  expect(down.stderr).toMatch(
    new RegExp(
      `\nwebstack: the last backup failed, so nothing was deleted; mend it, or go without one: npm run down -- ${cloud.name} ` +
        `--without-backup\n$`,
    ),
  );
  expect(cloud.since(mark)).toEqual([]);
  expect((await page()).status).toBe(200);
}, 400_000);

test("down makes a last backup, then deletes everything but the bucket that it is in", async () => {
  const mark = cloud.entries().length;
  const before = await backups();
  const began = Math.floor(Date.now() / 1000) * 1000;
  const down = await cloud.npm("down", cloud.name, "--yes");
  expect([down.code, said(down)]).toEqual([
    0,
    expect.stringContaining(`Stack ${cloud.name} is down: its machines and its network are gone.`),
  ]);
  expect(down.stdout).toMatch(/^A last backup, by web-0:\nbackup \d{8}T\d{6}Z: \d+ bytes in [\d.]+ s\n/);

  const deleted = cloud.entries().slice(mark);
  const gone = deleted.find(({ op, type }) => op === "delete" && type.endsWith(":Droplet"));
  const made = [...(await backups())].filter(([name]) => !before.has(name)).map(([, time]) => time);
  expect(made.length).toBeGreaterThan(0);
  for (const time of made) expect([time >= began, time < Date.parse(gone?.time ?? "")]).toEqual([true, true]);
  expect(deleted.filter(({ error, op }) => error !== undefined || op !== "delete")).toEqual([]);
  // What is there is what was said, before the deletion and after it.
  expect(cloud.store.all().map(({ type, inputs }) => [type.split(":").at(-1), inputs.name])).toEqual([
    ["SpacesBucket", printedLeft(down)[0]?.[1]],
  ]);
  expect(printedLeft(down)).toEqual(Array.from({ length: 2 }, () => ["bucket", expect.stringMatching(/^backups-[0-9a-f]{7}$/)]));
}, 600_000);
