/** Releases under load. Limit: counts only; how long requests waited is bench/releases.ts. */
import { statuses, Traffic } from "./faults/traffic";
import { addRelease, moveReleases, type Pair } from "./moves";
import { everyRow, testAtNight } from "./rows";
import { SharedStack } from "./shared";

/**
 * Requests a second. By day, beside what only computes, half as many as by night: when the box gave the machine nothing for 3.4 s, the site
 * turned away 99 of 9,604 as it should, with 503, and a release had no part in it.
 */
const rate = everyRow() ? 200 : 100;

const stack = new SharedStack("shop");
let pair: Pair;
let visitors: Traffic;

beforeAll(async () => {
  await stack.bringUp();
  pair = await addRelease(stack);
  const { siteUrl, hosts } = await stack.outputs();
  visitors = new Traffic(`${siteUrl}products`, rate, hosts[0]?.address ?? "", 30);
  await visitors.running();
}, 300_000);

afterAll(async () => {
  visitors?.stop();
  await stack.down();
}, 120_000);

/** Does something under that many requests a second; what those got who did not get 200: "3 x 502". */
async function underTraffic<T>(what: string, work: () => Promise<T>) {
  const from = Date.now();
  const done = await work();
  const samples = await visitors.between(from, Date.now());
  const failed = statuses(samples.filter(({ status }) => status !== 200));
  const longest = samples.reduce((most, { took }) => Math.max(most, took), 0);
  process.stdout.write(`${what}: ${statuses(samples)}, longest ${longest.toFixed(0)} ms\n`);
  expect(samples.length).toBeGreaterThan(visitors.rate);
  return { done, failed };
}

test(`four releases and rollbacks in a row under ${rate} requests a second fail no request`, () => inARow(4), 300_000);
testAtNight("release", "ten releases and rollbacks in a row under 200 requests a second fail no request", () => inARow(10), 600_000);

async function inARow(count: number): Promise<void> {
  const since = await stack.remote("date +%s");
  const { done: slots, failed } = await underTraffic(`${count} releases and rollbacks`, () => moveReleases(stack, pair, count));
  // The sandbox killed no worker on the way, and no slot had to be started twice.
  const journal = await stack.remote(`sudo journalctl --no-pager --unit 'web@*' --since @${since}`);
  expect(journal).toContain("Started");
  expect(journal).not.toContain("terminated due to signal");
  expect(await stack.remote("systemctl show 'web@*.service' -p NRestarts --value | sort -u")).toBe("0");
  expect(new Set(slots).size).toBe(2);
  expect(failed).toBe("");
}
