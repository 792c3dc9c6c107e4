/** What a visitor gets: `200 OK, 5123 bytes in 31 ms`. */
export interface SiteAnswer {
  /** That the site is in maintenance is how it should answer then: `hostctl` has asked the app itself. */
  readonly ok: boolean;
  readonly text: string;
}

/** Fetches a page once. Never throws: that the site is unreachable is an answer too. */
export async function fetchSite(url: string): Promise<SiteAnswer> {
  const started = performance.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const body = await response.arrayBuffer();
    const took = Math.round(performance.now() - started);
    const text = `${`${response.status} ${response.statusText}`.trim()}, ${body.byteLength} bytes in ${took} ms`;
    const notice = response.status === 503 ? await maintenanceOf(url) : null;
    return notice === null ? { ok: response.ok, text } : { ok: true, text: `${text}; the site is in maintenance: ${notice}` };
  } catch (error) {
    const { message, cause } = error as Error;
    return { ok: false, text: `no answer from ${url}: ${cause instanceof Error ? cause.message : message}` };
  }
}

/** What visitors are told while there is maintenance, which programs get as JSON, see docs/operations.md; null while there is none. */
async function maintenanceOf(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(10_000) });
    const { maintenance, message } = (await response.json()) as { maintenance?: unknown; message?: unknown };
    return maintenance === true && typeof message === "string" ? message : null;
  } catch {
    return null;
  }
}

/** Fetches a page until it answers as it should, for so long at most. */
export async function awaitSite(url: string, seconds: number): Promise<SiteAnswer> {
  for (const end = Date.now() + seconds * 1000; ;) {
    const answer = await fetchSite(url);
    if (answer.ok || Date.now() + pause > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Milliseconds between two tries. */
const pause = 2000;
