/** Thousands of slow connections, which must not keep anybody else out. Limit: all of them come from one address. */
import { stripVTControlCharacters } from "node:util";
import { load } from "./load";
import { SharedStack } from "./shared";
import { Stranger } from "./stranger";

const stack = new SharedStack("shop");
let address = "";
let stranger: Stranger;

beforeAll(async () => {
  await stack.bringUp();
  address = (await stack.outputs()).hosts[0]?.address ?? "";
  stranger = await Stranger.arrive(`${stack.name}-slow`, "10.84.14.1", "10.84.14.201");
}, 300_000);

afterAll(async () => {
  await stranger.leave();
  await stack.down();
}, 120_000);

test.each([
  ["headers", "-H", 1000, 14],
  ["bodies", "-B", 1000, 14],
  // Each of these is a whole request for a page, and takes its share of the processors.
  ["readers", "-X", 400, 24],
])("4,000 slow %s hold the site up in vain", async (slowly, mode, rate, seconds) => {
  const [slow, probe] = await Promise.all([
    stranger.run("slowhttptest", "-c", "4000", mode, "-i", "8", "-r", String(rate), "-l", String(seconds), "-u", `http://${address}/`, "-p", "3"),
    // Starts once a thousand and more are there.
    new Promise((resolve) => setTimeout(resolve, 3000)).then(() => load(`http://${address}/restaurants`, 20, 9)),
  ]);
  // Its last report, in colours: those that are open and those that the site has closed.
  const report = stripVTControlCharacters(slow.stdout);
  const arrived = ["connected", "closed"].map((state) => Number([...report.matchAll(new RegExp(`${state}: +(\\d+)`, "g"))].at(-1)?.[1]));
  expect((arrived[0] ?? 0) + (arrived[1] ?? 0)).toBeGreaterThan(3900);
  process.stdout.write(`${arrived.join(" and ")} slow ${slowly} connected and closed; ${probe.requests} visitors beside them, 99 % answered within ${probe.p99.toFixed(0)} ms\n`);
  expect([probe.failed, probe.requests >= 170]).toEqual([0, true]);
}, 60_000);
