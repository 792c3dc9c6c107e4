import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Question {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  /** Where the URL's name leads to, for a name that no DNS knows. */
  readonly address?: string;
  /** Who must have signed the certificate, PEM; "anybody" takes every certificate. */
  readonly ca?: string;
  /** How long an answer may take. @default 10 */
  readonly timeoutSeconds?: number;
}

/**
 * One request over a connection of its own: one that is kept may be closed by the server as the next request is sent, which is nobody's
 * fault. Rejects when the connection ends without an answer.
 */
export function ask(url: string, { method = "GET", headers = {}, json, address, ca, timeoutSeconds = 10 }: Question = {}): Promise<Answer> {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const all = body === undefined ? headers : { "Content-Type": "application/json", ...headers };
  return new Promise((resolve, reject) => {
    const { protocol, hostname, host } = new URL(url);
    const place = address === undefined ? {} : { hostname: address, servername: hostname, headers: { Host: host, ...all } };
    const trust = ca === "anybody" ? { rejectUnauthorized: false } : { ca };
    const options = {
      method,
      headers: all,
      timeout: timeoutSeconds * 1000,
      ...place,
      agent: false as const,
      ...(protocol === "https:" ? trust : {}),
    };
    const sent = (protocol === "https:" ? requestHttps : requestHttp)(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${url}: no answer in ${timeoutSeconds} s`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Asks until the answer is 200 or the time is over; returns how long it took in seconds. */
export async function awaitOk(url: string, seconds: number): Promise<number> {
  const started = Date.now();
  for (;;) {
    const status = await ask(url).then(
      (answer) => answer.status,
      (error: Error) => error.message,
    );
    const passed = (Date.now() - started) / 1000;
    if (status === 200) return passed;
    if (passed > seconds) throw new Error(`${url}: ${status} after ${passed.toFixed(1)} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
