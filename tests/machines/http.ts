import { request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request; rejects when the connection ends without an answer. */
export function ask(url: string, { method = "GET", headers = {}, json }: { method?: string; headers?: Record<string, string>; json?: unknown } = {}): Promise<Answer> {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const all = body === undefined ? headers : { "Content-Type": "application/json", ...headers };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: all, timeout: 10_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${url}: no answer in 10 s`)));
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
