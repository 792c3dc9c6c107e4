import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, ask } from "./http";
import type { TestStack } from "./stack";

/** A site that can be asked in a way that gives each status. */
export interface Asked {
  readonly stack: TestStack;
  /** With a slash at its end. */
  readonly url: string;
  readonly address: string;
}

/**
 * One answer of each status that a site gives, by a name that begins with the status. Those that need a fault come from an app
 * that is stopped and from limits of one request for a moment; everything is as it was afterwards.
 */
export async function everyStatus({ stack, url, address }: Asked): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  const get = (path: string, options: Parameters<typeof ask>[1] = {}) => ask(`${url}${path}`, { address, ca: "anybody", ...options });
  const style = /href="\/(static\/[^"]+\.css)"/.exec((await get("")).body)?.[1] ?? "";
  const file = await get(style);
  answers.set("200 page", await get(""));
  answers.set("200 file", file);
  answers.set("304", await get(style, { headers: { "If-None-Match": String(file.headers.etag) } }));
  answers.set("400", await get("", { headers: { "X-Large": "a".repeat(9000) } }));
  answers.set("404 page", await get("none"));
  answers.set("404 file", await get("static/none.css"));
  answers.set("405 page", await get("products", { method: "DELETE" }));
  answers.set("405 nginx", await get("", { method: "TRACE" }));
  answers.set("413", await get("orders", { method: "POST", headers: { "Content-Length": String(64 << 20) } }));
  answers.set("414", await get("a".repeat(9000)));

  await stack.remote(`sudo hostctl maintenance on --message closed`);
  answers.set("503 maintenance", await get(""));
  answers.set("503 maintenance in JSON", await get("products", { headers: { Accept: "application/json" } }));
  answers.set("200 maintenance.json", await get("maintenance.json"));
  await stack.remote("sudo hostctl maintenance off");

  const conf = "/etc/nginx/webstack/site.conf";
  await stack.remote(
    `sudo cp -p ${conf} /opt/site.conf && sudo sed -i 's/per_address 400/per_address 1/; s/proxy_read_timeout ` +
      `30s/proxy_read_timeout 3s/' ${conf} && sudo hostctl reload && sudo systemctl kill --signal=STOP 'web@*.service' && sleep 1`,
  );
  try {
    const waits = get("orders", { method: "POST", json: {} });
    await sleep(1000);
    answers.set("503 too many", await get("products"));
    answers.set("429", await get(style));
    answers.set("504", await waits);
  } finally {
    await stack.remote(`sudo systemctl kill --signal=CONT 'web@*.service'; sudo mv /opt/site.conf ${conf} && sudo hostctl reload`);
  }
  await stack.remote("sudo systemctl stop 'web@*.socket' 'web@*.service'");
  answers.set("502", await get(""));
  await stack.remote("sudo hostctl start");
  return answers;
}

/** What every answer carries, each once; Strict-Transport-Security over TLS only (RFC 6797, 7.2). */
export const secured = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": expect.stringMatching(/^(same-origin|strict-origin-when-cross-origin)$/) as string,
  "content-security-policy": expect.stringContaining("frame-ancestors 'none'") as string,
};
