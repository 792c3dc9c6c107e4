/**
 * Pulumi.bitcoin-prod.yaml on the simulated DigitalOcean, with real machines behind Droplet and database. Limit: the feed is a file, and
 * nothing of tests/machines/bitcoin.test.ts is asked twice.
 */
import { TestCloud } from "./cloud";
import { ask } from "./http";

const cloud = new TestCloud("bitcoin-do", "10.84.28.0/24", "digitalocean", { example: "examples/bitcoin/Pulumi.bitcoin-prod.yaml" });

beforeAll(async () => {
  // The simulated world arrives from the gateway of the private network, and has no CoinGecko.
  await cloud.init({ access: { sshFrom: ["10.84.28.1/32"] }, backup: { enabled: false }, env: { FEED_URL: "file:feed/sample.json" } });
  await cloud.mustUp();
}, 600_000);

afterAll(async () => {
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

const page = (path: string) =>
  ask(`https://bitcoin.example.org${path}`, { address: cloud.resources("ReservedIp")[0]?.id ?? "", ca: "anybody" });

test("page and API serve the prices of the first step through the reserved address", async () => {
  const { status, body } = await page("/?period=30d");
  expect([status, body]).toEqual([200, expect.stringMatching(/<path class="line" d="M\d/)]);
  const prices = JSON.parse((await page("/api/prices?hours=720")).body) as { count: number };
  expect(prices.count).toBeGreaterThanOrEqual(719);
  for (const path of ["/healthz", "/livez", "/api/healthz", "/api/livez"]) expect([path, (await page(path)).status]).toEqual([path, 200]);
}, 60_000);

test("the job writes to the cluster that the API reads, in read committed and UTC", async () => {
  await cloud.remote("sudo systemctl start collect.service");
  expect(await cloud.property("collect.service", "Result")).toBe("success");
  const { stdout } = await cloud.ssh("sudo bash -c 'set -a; . /etc/webstack/env; exec psql \"$DATABASE_URL\" -At'", {
    stdin: "select count(*) >= 720, current_setting('default_transaction_isolation'), current_setting('timezone') from bitcoin_prices",
  });
  expect(stdout.trim()).toBe("t|read committed|UTC");
}, 60_000);

test("a release knows the schema that it leaves, and a rollback that it may go back", async () => {
  const [first] = JSON.parse(await cloud.remote("sudo hostctl releases --json")) as { digest: string; schema: string }[];
  expect(first?.schema).toBe("prices=0001_initial");
  cloud.rewrite("examples/bitcoin/analyzer/urls.py", /$/, "\n# a second release\n");
  await cloud.mustUp();
  expect((await cloud.ssh("sudo hostctl rollback")).code).toBe(0);
  expect(await cloud.remote("readlink /srv/webstack/current")).toContain(first?.digest);
  expect((await page("/api/latest")).status).toBe(200);
}, 180_000);
