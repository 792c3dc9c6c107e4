/** Limit: these show what a review says; tests/machines/review.test.ts applies changes and compares. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdown } from "../../../cli/review/markdown";
import { isRefused, type Review } from "../../../cli/review/review";
import type { Level } from "../../../cli/review/verdict";
import { Descriptions, secret, secrets, set, type Edit } from "./changes";

interface Expected {
  readonly edits: readonly Edit[];
  readonly level: Level;
  readonly headline: string;
  /** Names of what is replaced. */
  readonly replaced?: readonly string[];
}

const changes: Readonly<Record<string, Expected>> = {
  "nothing": { edits: [], level: "nothing", headline: "nothing changes" },
  "worker-count": { edits: [set("services.web.workers", 2)], level: "restart", headline: "restart of web, rolled: no request fails" },
  "nginx-option": { edits: [set("site.maxBodyMiB", 25)], level: "no downtime", headline: "no downtime" },
  "new-job": { edits: [set("jobs.clear-sessions", { run: "python manage.py clearsessions", schedule: "daily" })], level: "no downtime", headline: "no downtime" },
  "host-size": { edits: [set("host.memoryMiB", 4096)], level: "no downtime", headline: "no downtime" },
  "image": { edits: [set("host.image", "debian-13")], level: "refused", headline: "refused: problems" },
  "database-size": { edits: [set("database.memoryMiB", 2048)], level: "downtime", headline: "downtime" },
  "engine-version": { edits: [set("database.version", "16")], level: "refused", headline: "refused: problems" },
  "network-range": { edits: [set("network.range", "10.21.0.0/24")], level: "data at risk", headline: "data at risk: refuses", replaced: ["database-0", "network", "web-0"] },
  "domain": { edits: [set("site.domain", "www.ocpizza.test"), set("site.tls", "none")], level: "restart", headline: "restart of web, rolled: no request fails" },
  "firewall-opening": { edits: [set("access.sshFrom", ["10.20.0.1/32", "198.51.100.0/24"])], level: "no downtime", headline: "no downtime" },
  "secret-rotation": { edits: [secret("STRIPE_API_KEY", "STRIPE_API_KEY-2")], level: "restart", headline: "restart of web, rolled: no request fails" },
  "deployment-key-rotation": { edits: [secret("sshPrivateKey", "sshPrivateKey-2")], level: "data at risk", headline: "data at risk: refuses", replaced: ["database-0", "web-0"] },
  "target-switch": { edits: [set("target", "digitalocean"), set("host", { region: "fra1", size: "s-1vcpu-2gb" }), set("services.web.workers", 2), set("access.sshFrom", ["203.0.113.0/24"])], level: "refused", headline: "refused: problems, and data at risk" },
};

const descriptions = new Descriptions("local", secrets);
const reviews = new Map<string, Review>();

beforeAll(async () => {
  const before = await descriptions.side("before", []);
  const names = Object.keys(changes);
  // Two at a time: each is a process of its own.
  const work = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) reviews.set(name, await descriptions.review(before, changes[name]?.edits ?? []));
  };
  await Promise.all([work(), work()]);
}, 120_000);

afterAll(() => descriptions.remove());

test.each(Object.entries(changes))("%s", (name, { level, headline, replaced = [] }) => {
  const review = reviews.get(name);
  if (review === undefined) throw new Error(`${name} was not reviewed`);
  const golden = join(__dirname, "local", `${name}.md`);
  if (process.env["GOLDENS"] === "write") writeFileSync(golden, markdown(review));
  expect(markdown(review)).toBe(readFileSync(golden, "utf8"));
  expect([review.verdict.level, review.verdict.headline]).toEqual([level, headline]);
  expect((review.steps ?? []).filter(({ does }) => does === "replace" ).map(({ name: one }) => one)).toEqual(replaced);
  expect(isRefused(review)).toBe(level === "refused" || level === "data at risk");
});
