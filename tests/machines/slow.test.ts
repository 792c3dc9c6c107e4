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
  ["headers", "-H", 200],
  ["bodies", "-B", 200],
  // Each of these is a whole request for a page, 400 a second of them, and takes its share of the processors.
  ["readers", "-X", 1000],
])("holds the site up with 4,000 slow %s in vain", async (_, mode, milliseconds) => {
  const [slow, probe] = await Promise.all([
    stranger.run("slowhttptest", "-c", "4000", mode, "-i", "8", "-r", "400", "-l", "24", "-u", `http://${address}/`, "-p", "3"),
    // Starts once a thousand and more are there.
    new Promise((resolve) => setTimeout(resolve, 3000)).then(() => load(`http://${address}/restaurants`, 20, 12)),
  ]);
  // Its last report, in colours: those that are open and those that the site has closed.
  const report = stripVTControlCharacters(slow.stdout);
  const arrived = ["connected", "closed"].map((state) => Number([...report.matchAll(new RegExp(`${state}: +(\\d+)`, "g"))].at(-1)?.[1]));
  expect((arrived[0] ?? 0) + (arrived[1] ?? 0)).toBeGreaterThan(3900);
  expect([probe.failed, probe.requests >= 230]).toEqual([0, true]);
  expect(probe.p99).toBeLessThan(milliseconds);
}, 60_000);
