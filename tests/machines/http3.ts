import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findHttp3 } from "../../tools/http3";
import { amid } from "./load";
import { record } from "./record";
import { run } from "./stack";

/** An answer by HTTP/3. */
export interface Answer {
  readonly protocol: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

/**
 * One request over a connection of its own to the host at `address`, whose certificate `ca` must have signed. Rejects with the client's
 * words where there is no answer.
 */
export async function askHttp3(
  url: string,
  { address, ca, method = "GET", body = "" }: { address: string; ca: string; method?: string; body?: string },
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), "http3-"));
  try {
    writeFileSync(join(folder, "ca.pem"), ca);
    const { code, stdout, stderr } = await run(
      findHttp3(),
      ["-address", `${address}:443`, "-ca", join(folder, "ca.pem"), "-method", method, url],
      {},
      body,
    );
    if (code !== 0) throw new Error(stderr.trim());
    const { headers, ...answer } = JSON.parse(stdout) as Answer;
    return { ...answer, headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values])) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What visitors by HTTP/3 met while something was done. */
export interface MetByHttp3<T> {
  readonly done: T;
  readonly requests: number;
  /** How many were answered 200, by protocol: "HTTP/3.0". */
  readonly answered: Readonly<Record<string, number>>;
  /** How many were not, by status or by the client's words. */
  readonly failed: Readonly<Record<string, number>>;
  /** How many had no answer by HTTP/3. */
  readonly lost: number;
  /** How many waited longer than a second. */
  readonly slow: number;
  /** Longest wait, in milliseconds. */
  readonly longest: number;
}

interface Visitors {
  readonly address: string;
  /** Connections that are kept, as browsers keep theirs. @default 0, a new one for each request */
  readonly connections?: number;
  /** Seconds after which a request without an answer is sent by TCP. @default 0, never */
  readonly fallback?: number;
}

/** As `underLoad`, by HTTP/3: `rate` requests a second from half a second before `work` to half a second after, two minutes at most. */
export async function underHttp3<T>(
  url: string,
  rate: number,
  work: () => Promise<T>,
  { address, connections = 0, fallback = 0 }: Visitors,
): Promise<MetByHttp3<T>> {
  const began = Date.now();
  const words = [
    "-address",
    `${address}:443`,
    "-rate",
    String(rate),
    "-seconds",
    "120",
    "-connections",
    String(connections),
    "-fallback",
    String(fallback),
    url,
  ];
  const visitors = spawn(findHttp3(), words, { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  visitors.stdout.on("data", (data: Buffer) => (said += data.toString()));
  const ended = new Promise<void>((resolve, reject) => visitors.on("error", reject).on("close", () => resolve()));
  const done = await amid(work).finally(async () => {
    visitors.stdin.end();
    await ended;
    record({ load: (Date.now() - began) / 1000 });
  });
  return { done, ...(JSON.parse(said) as Omit<MetByHttp3<T>, "done">) };
}
