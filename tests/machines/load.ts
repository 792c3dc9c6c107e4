import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findK6 } from "../../tools/k6";
import { ask } from "./http";
import { record } from "./record";
import { run } from "./stack";

/** What a constant arrival rate met with. Times in milliseconds. */
export interface Load {
  readonly requests: number;
  /** Answers that were not 200, and requests that had none. */
  readonly failed: number;
  /** Requests that could not be started at their time. */
  readonly dropped: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Sends `rate` requests a second to `url` for `seconds`, each at its own time whether or not earlier ones have been answered, so
 * that a stall shows as waiting and not as a pause. Only for the addresses of the test's own machines; `address` is where the
 * URL's name leads to, for a name that no DNS knows. Who has no answer after `timeoutSeconds` has failed: as long as nginx waits for the
 * app, since a test says what was answered and a bench how soon.
 */
export async function load(url: string, rate: number, seconds: number, address = "", timeoutSeconds = 30): Promise<Load> {
  record({ load: seconds });
  const folder = mkdtempSync(join(tmpdir(), "load-"));
  const summary = join(folder, "summary.json");
  try {
    const { code, stderr } = await run(
      findK6(),
      ["run", "--quiet", "--no-usage-report", "--summary-export", summary, join(__dirname, "load.k6.js")],
      {
        env: { ...process.env, URL: url, RATE: String(rate), SECONDS: String(seconds), ADDRESS: address, TIMEOUT: String(timeoutSeconds) },
      },
    );
    if (code !== 0) throw new Error(`k6 ended with ${code}: ${stderr}`);
    const { metrics } = JSON.parse(readFileSync(summary, "utf8")) as { metrics: Record<string, Record<string, number> | undefined> };
    const duration = metrics.http_req_duration ?? {};
    return {
      requests: metrics.http_reqs?.count ?? 0,
      failed: metrics.http_req_failed?.passes ?? 0,
      dropped: metrics.dropped_iterations?.count ?? 0,
      p50: duration.med ?? NaN,
      p99: duration["p(99)"] ?? NaN,
      max: duration.max ?? NaN,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Does `work` with half a second before it and after it, so that who comes meanwhile meets the site as it was and as it is. */
export async function amid<T>(work: () => Promise<T>): Promise<T> {
  await sleep(500);
  const done = await work();
  await sleep(500);
  return done;
}

/** What visitors met while something was done. */
export interface Met<T> {
  readonly done: T;
  readonly requests: number;
  /** What they got who did not get 200: the status, or the words of a broken connection. */
  readonly failed: readonly string[];
  /** Longest wait for an answer, in milliseconds. */
  readonly longest: number;
}

/**
 * Does `work` while `rate` requests a second come, each over a connection of its own and at its own time, whether or not earlier ones have
 * been answered: from half a second before to half a second after. The load so lasts as long as its claim needs. Who has no answer after
 * `timeoutSeconds` has failed. For more than a hundred a second see {@link load}.
 */
export async function underLoad<T>(
  url: string,
  rate: number,
  work: () => Promise<T>,
  { address, timeoutSeconds = 30 }: { address?: string; timeoutSeconds?: number } = {},
): Promise<Met<T>> {
  const began = Date.now();
  const failed: string[] = [];
  let longest = 0;
  const visits: Promise<void>[] = [];
  const visit = async () => {
    const sent = Date.now();
    const got = await ask(url, { ca: "anybody", timeoutSeconds, ...(address === undefined ? {} : { address }) }).then(
      ({ status }) => String(status),
      String,
    );
    longest = Math.max(longest, Date.now() - sent);
    if (got !== "200") failed.push(got);
  };
  // Those that a busy box let pass come at once, so that the rate holds.
  const coming = setInterval(() => {
    while (visits.length < ((Date.now() - began) / 1000) * rate) visits.push(visit());
  }, 10);
  const done = await amid(work).finally(async () => {
    clearInterval(coming);
    await Promise.all(visits);
    record({ load: (Date.now() - began) / 1000 });
  });
  return { done, requests: visits.length, failed, longest };
}
