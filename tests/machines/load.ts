import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findK6 } from "../../tools/k6";
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
 * URL's name leads to, for a name that no DNS knows. Who has no answer after `timeoutSeconds` has failed: as long as nginx waits for the app,
 * since a test says what was answered and a bench how soon.
 */
export async function load(url: string, rate: number, seconds: number, address = "", timeoutSeconds = 30): Promise<Load> {
  record({ load: seconds });
  const folder = mkdtempSync(join(tmpdir(), "load-"));
  const summary = join(folder, "summary.json");
  try {
    const { code, stderr } = await run(findK6(), ["run", "--quiet", "--no-usage-report", "--summary-export", summary, join(__dirname, "load.k6.js")], {
      env: { ...process.env, URL: url, RATE: String(rate), SECONDS: String(seconds), ADDRESS: address, TIMEOUT: String(timeoutSeconds) },
    });
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
