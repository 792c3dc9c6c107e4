/** Releases and failures under load. Limit: counts only; how long requests waited is bench/releases.ts. */
import { load, type Load } from "./load";
import { addRelease, moveReleases, type Pair } from "./moves";
import { SharedStack } from "./shared";

const stack = new SharedStack("shop");
let site = "";
let pair: Pair;

/** Requests a second, each at its own time. */
const rate = 200;

const say = (what: string, { requests, failed, dropped, p50, p99, max }: Load) =>
  process.stdout.write(
    `${what}: ${requests} requests, ${failed} failed, ${dropped} not sent; p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, longest ${max.toFixed(0)} ms\n`,
  );

beforeAll(async () => {
  await stack.bringUp();
  pair = await addRelease(stack);
  site = (await stack.outputs()).siteUrl;
}, 300_000);

afterAll(async () => {
  await stack.down();
}, 120_000);

test("ten releases and rollbacks in a row under 200 requests a second fail no request", async () => {
  // As long as ten moves take on this box, and half as long again for what the load costs them.
  const started = Date.now();
  const since = await stack.remote("date +%s");
  await moveReleases(stack, pair, 2);
  const seconds = Math.ceil(((Date.now() - started) / 2000) * 10 * 1.5);
  let over = false;
  const moves = moveReleases(stack, pair, 10).then((slots) => {
    over = true;
    return slots;
  });
  const under = load(`${site}products`, rate, seconds).then((found) => {
    // The load must have outlasted what it was to prove.
    expect(over).toBe(true);
    return found;
  });
  const [result, slots] = await Promise.all([under, moves]);
  say("ten releases and rollbacks", result);
  // The sandbox killed no worker on the way, and no slot had to be started twice.
  const journal = await stack.remote(`sudo journalctl --no-pager --unit 'web@*' --since @${since}`);
  expect(journal).toContain("Started");
  expect(journal).not.toContain("terminated due to signal");
  expect(await stack.remote("systemctl show 'web@*.service' -p NRestarts --value | sort -u")).toBe("0");
  expect(new Set(slots).size).toBe(2);
  expect(result.requests).toBeGreaterThanOrEqual(rate * seconds - 1);
  expect([result.failed, result.dropped]).toEqual([0, 0]);
}, 600_000);

test("a killed master fails no request", async () => {
  const unit = `web@${await stack.servingSlot()}.service`;
  const master = await stack.property(unit, "MainPID");
  const [result] = await Promise.all([load(`${site}products`, rate, 6), stack.remote(`sleep 2; sudo kill -9 ${master}`)]);
  say("gunicorn's master killed", result);
  expect(await stack.property(unit, "NRestarts")).toBe("1");
  // Shown with a failure, so that it explains itself.
  const log = await stack.remote("sudo tail -5 /var/log/nginx/error.log");
  expect([result.failed, result.dropped, log]).toEqual([0, 0, log]);
}, 60_000);
