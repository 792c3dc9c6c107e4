/** Thousands of slow connections, which must not keep anybody else out. Limit: all of them come from one address. */
import { stripVTControlCharacters } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { underLoad } from "./load";
import { SharedStack } from "./shared";
import { type Running, Stranger } from "./stranger";

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

/**
 * How many slow connections have arrived: those that are open and those that the site has closed, as the last report in colours has them.
 */
function arrived(attack: Running): number {
  const report = stripVTControlCharacters(attack.said());
  const count = (state: string) => Number([...report.matchAll(new RegExp(`${state}: +(\\d+)`, "g"))].at(-1)?.[1] ?? 0);
  return count("connected") + count("closed");
}

test.each([
  ["headers", "-H", 1000],
  ["bodies", "-B", 1000],
  // Each of these is a whole request for a page, and takes its share of the processors.
  ["readers", "-X", 400],
])(
  "4,000 slow %s hold the site up in vain",
  async (_, mode, rate) => {
    const attack = stranger.start(
      "slowhttptest",
      "-c",
      "4000",
      mode,
      "-i",
      "8",
      "-r",
      String(rate),
      "-l",
      "90",
      "-u",
      `http://${address}/`,
      "-p",
      "3",
    );
    try {
      const { requests, failed } = await underLoad(`http://${address}/restaurants`, 20, async () => {
        for (let left = 160; arrived(attack) < 3900 && left > 0; left -= 1) await sleep(500);
        await sleep(2000);
      });
      expect(arrived(attack)).toBeGreaterThanOrEqual(3900);
      expect([failed, requests > 60]).toEqual([[], true]);
    } finally {
      await attack.stop();
    }
  },
  120_000,
);
