/**
 * Pulumi.prod.yaml as DigitalOcean gets it, on the simulated cloud: the real engine, real machines behind Droplet and database. Limit: what
 * the simulation knows of DigitalOcean (tests/cloud/README.md); backups to Spaces are switched off, and no authority signs the certificate.
 */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
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

test("database.restore: the site moves to a copy with every order in it, the first database stays, and nobody touches the host", async () => {
  const json = async (path: string, body?: object) => {
    const answer = await ask(`https://www.ocpizza.fr${path}`, { address: address(), ca: "anybody", ...(body === undefined ? {} : { method: "POST", json: body }) });
    return JSON.parse(answer.body) as unknown;
  };
  const { products } = (await json("/products")) as { products: { id: number }[] };
  const { restaurants } = (await json("/restaurants")) as { restaurants: { id: number }[] };
  const { id } = (await json("/orders", { restaurant: restaurants[0]?.id, name: "Ada", lines: [{ product: products[0]?.id, quantity: 2 }] })) as { id: string };

  const mark = cloud.journal().length;
  const [first] = cloud.resources("DatabaseCluster");
  cloud.change({ database: { restore: { from: first?.inputs.name } } });
  const { answers, failed } = await visitors(cloud.mustUp());
  expect([answers > 10, failed]).toEqual([true, []]);

  expect(since(mark).filter((entry) => / Database(Cluster|Db) /.test(entry))).toEqual([expect.stringMatching(/^create DatabaseCluster database-[0-9a-f]{5}$/)]);
  const copy = cloud.resources("DatabaseCluster").find((one) => one.id !== first?.id);
  expect((await cloud.values()).database).toMatchObject({ host: copy?.outputs.privateHost });
  expect(await json(`/orders/${id}`)).toMatchObject({ id, lines: [{ quantity: 2 }] });
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
