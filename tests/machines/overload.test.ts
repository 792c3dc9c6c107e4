/** Twice the visitors that a site can serve. Limit: ratios within one run on a shared box, the load generator beside the site. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findK6 } from "../../tools/k6";
import { ask } from "./http";
import { record } from "./record";
import { SharedStack } from "./shared";
import { run } from "./stack";

const stack = new SharedStack("shop");
let site = "";
let style = "";

/** One core and 1 GiB, and what fits in. */
const small = {
  host: { memoryMiB: 1024, cpus: 1 },
  services: { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 2, threads: 16 } },
  jobs: Object.fromEntries(
    ["001", "002", "003"].map((city) => [
      `update-city-${city}`,
      { run: `python manage.py updatedata city_${city}`, schedule: "daily", memoryMiB: 64 },
    ]),
  ),
  env: { ENABLE_BENCH: "1" },
};

beforeAll(async () => {
  await stack.bringUp(small);
  site = (await stack.outputs()).siteUrl;
  style = /href="\/(static\/[^"]+\.css)"/.exec((await ask(site)).body)?.[1] ?? "";
}, 300_000);

afterAll(async () => {
  await stack.down();
}, 120_000);

interface Met {
  readonly count: number;
  readonly med: number;
  readonly p95: number;
  readonly max: number;
}

/** What visitors met, by what they were answered; times in milliseconds. */
async function visit(environment: Readonly<Record<"SECONDS", string>> & Readonly<Record<string, string>>) {
  record({ load: Number(environment.SECONDS) });
  const folder = mkdtempSync(join(tmpdir(), "overload-"));
  try {
    const summary = join(folder, "summary.json");
    const { code, stderr } = await run(
      findK6(),
      ["run", "--quiet", "--no-usage-report", "--summary-export", summary, join(__dirname, "overload.k6.js")],
      {
        env: { ...process.env, SITE: site, PAGE: "slow", STATIC: style, ...environment },
      },
    );
    if (code !== 0) throw new Error(`k6 ended with ${code}: ${stderr}`);
    const { metrics } = JSON.parse(readFileSync(summary, "utf8")) as { metrics: Record<string, Record<string, number> | undefined> };
    const met = (name: string): Met => {
      const { count = 0, med = NaN, max = NaN, ...rest } = metrics[name] ?? {};
      return { count, med, p95: rest["p(95)"] ?? NaN, max };
    };
    return {
      answered: met("answered"),
      refused: met("refused"),
      staticFile: met("static_file"),
      health: met("health"),
      wrong: metrics.wrong?.count ?? 0,
      unsent: metrics.dropped_iterations?.count ?? 0,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("at twice its capacity a site answers 80 % of it and refuses the rest at once, then is as before", async () => {
  await visit({ SECONDS: "3" });
  const alone = async () => {
    const { answered, refused, wrong } = await visit({ SECONDS: "6" });
    expect([refused.count, wrong]).toEqual([0, 0]);
    return answered.count / 6;
  };
  const before = await alone();

  const seconds = 15;
  const over = await visit({ SECONDS: String(seconds), RATE: String(Math.round(before * 2)) });
  const ended = Date.now();
  // Ten quick answers in a row.
  for (let quick = 0; quick < 10;) {
    const began = Date.now();
    const { status } = await ask(`${site}slow`);
    quick = status === 200 && Date.now() - began < 500 ? quick + 1 : 0;
    await sleep(20);
  }
  const normal = (Date.now() - ended) / 1000;
  // Before and after, since the box has other work that comes and goes.
  const after = await alone();
  const capacity = (before + after) / 2;
  const { answered, refused, staticFile, health, wrong, unsent } = over;
  process.stdout.write(
    `capacity ${before.toFixed(0)}/s before and ${after.toFixed(0)}/s after; at ${(before * 2).toFixed(0)}/s for ${seconds} s ` +
      `${answered.count} answered (${((answered.count / seconds / capacity) * 100).toFixed(0)} % of capacity, median ` +
      `${answered.med.toFixed(0)} ms, longest ${answered.max.toFixed(0)} ms), ` +
      (`${refused.count} refused (median ${refused.med.toFixed(0)} ms, 95 % within ${refused.p95.toFixed(0)} ms), ${wrong} ` +
        `otherwise, ${unsent} never sent; `) +
      (`static ${staticFile.count} (95 % within ${staticFile.p95.toFixed(0)} ms), health ${health.count}; normal after ` +
        `${normal.toFixed(1)} s\n`),
  );
  expect(answered.count / seconds / capacity).toBeGreaterThanOrEqual(0.8);
  // It was an overload, and nobody met anything but an answer or a refusal with Retry-After.
  expect(refused.count).toBeGreaterThan(before * seconds * 0.3);
  expect(wrong).toBe(0);
  expect([staticFile.count, health.count]).toEqual([20 * seconds + 1, 5 * seconds + 1].map((count) => expect.closeTo(count, -1) as number));
}, 120_000);
