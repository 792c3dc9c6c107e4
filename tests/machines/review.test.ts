/**
 * Limit: local machines alone; what DigitalOcean and AWS replace is data from their providers' sources, see cli/review/resourceRoles.ts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deployedState } from "../../cli/review/deployed";
import { reviewChange, type Review } from "../../cli/review/review";
import { recordFolder } from "../../cli/review/declaredState";
import type { Level } from "../../cli/review/verdict";
import { debians, defaultDebian } from "../../infra/config/catalog/debian";
import { problemLine } from "../../infra/config/problems";
import { ask } from "./http";
import { rowsOf } from "./rows";
import { SharedStack } from "./shared";
import { run, type Outcome } from "./stack";
import { postgresUnit } from "./postgresUnit";

const stack = new SharedStack("shop");

beforeAll(async () => {
  await stack.bringUp();
}, 300_000);

afterAll(() => stack.down(), 60_000);

/** What a change does when it is applied, as a visitor and the machines tell it. */
interface Happened {
  readonly outcome: Outcome;
  readonly asked: number;
  readonly failed: number;
  /** Names of what is another than before. */
  readonly moved: readonly ("web-0" | "slot" | "nginx" | "postgres" | "database-0")[];
}

async function marks(): Promise<Readonly<Record<Happened["moved"][number], string>>> {
  const { hosts, database } = await stack.outputs();
  const started = (unit: string) => `systemctl show --property=ExecMainStartTimestampMonotonic --value ${unit}`;
  const web = await stack.remote(`readlink /etc/nginx/webstack/upstreams/web.conf; ${started("nginx.service")}`, {
    address: hosts[0]?.address ?? "",
  });
  const [slot = "", nginx = ""] = web.split("\n");
  const data = await stack.remote(`cat /etc/ssh/ssh_host_ed25519_key.pub; ${started(postgresUnit())}`, { address: database.host });
  const [key = "", postgres = ""] = data.split("\n");
  return { "web-0": hosts[0]?.hostKey ?? "", slot, nginx, postgres, "database-0": key };
}

async function apply(): Promise<Happened> {
  const { siteUrl } = await stack.outputs();
  const before = await marks();
  const answers: Promise<boolean>[] = [];
  const asking = setInterval(
    () =>
      answers.push(
        ask(siteUrl).then(
          ({ status }) => status === 200,
          () => false,
        ),
      ),
    50,
  );
  const outcome = await stack.up();
  clearInterval(asking);
  const failed = (await Promise.all(answers)).filter((ok) => !ok).length;
  const after = await marks();
  const moved = (Object.keys(before) as Happened["moved"][number][]).filter((name) => before[name] !== after[name]);
  return { outcome, asked: answers.length, failed, moved };
}

async function review(change: () => unknown): Promise<Review> {
  const before = await recordFolder(stack.folder, stack.name, "before");
  await change();
  return reviewChange(stack.name, before, await recordFolder(stack.folder, stack.name, "after"));
}

interface Change {
  readonly change: () => unknown;
  readonly level: Level;
  readonly moved: Happened["moved"];
}

const changes: Readonly<Record<string, Change>> = {
  nothing: { change: () => undefined, level: "nothing", moved: [] },
  "worker count": {
    change: () => stack.change({ services: { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 2, path: "/" } } }),
    level: "restart",
    moved: ["slot"],
  },
  "nginx option": { change: () => stack.change({ site: { maxBodyMiB: 25 } }), level: "no downtime", moved: [] },
  "new job": {
    change: () => stack.change({ jobs: { "clear-sessions": { run: "python manage.py clearsessions", schedule: "daily" } } }),
    level: "no downtime",
    moved: [],
  },
  "host size": { change: () => stack.change({ host: { memoryMiB: 3072 } }), level: "no downtime", moved: [] },
  domain: { change: () => stack.change({ site: { domain: "www.ocpizza.test", tls: "none" } }), level: "restart", moved: ["slot"] },
  "firewall opening": {
    change: () => stack.change({ access: { sshFrom: ["10.84.14.1/32", "198.51.100.0/24"] } }),
    level: "no downtime",
    moved: [],
  },
  "secret rotation": {
    change: () => stack.pulumi(["config", "set", "--secret", "STRIPE_API_KEY"], "sk-rotated"),
    level: "restart",
    moved: ["slot"],
  },
};

test.each(rowsOf("review", Object.entries(changes), ([name]) => name))(
  "%s: no request fails, and what moves is what the review said",
  async (_, { change, level, moved }) => {
    const { verdict, problems } = await review(change);
    expect([verdict.level, problems]).toEqual([level, []]);
    const happened = await apply();
    expect([happened.outcome.code, happened.failed, happened.moved]).toEqual([0, 0, moved]);
    expect(happened.asked).toBeGreaterThan(10);
  },
  240_000,
);

test("against what is deployed, nothing is left to do, and a change shows with its line", async () => {
  const state = await stack.pulumi(["stack", "export"]);
  const now = await recordFolder(stack.folder, stack.name, "after");
  const unchanged = reviewChange(stack.name, deployedState(state.stdout, now), now);
  // Shown with a failure, so that it explains itself.
  expect([unchanged.verdict, unchanged.files, unchanged.steps]).toEqual([expect.objectContaining({ headline: "nothing changes" }), [], []]);
  stack.change({ site: { maxBodyMiB: 26 } });
  const changed = await recordFolder(stack.folder, stack.name, "after");
  const { files, verdict } = reviewChange(stack.name, deployedState(state.stdout, changed), changed);
  expect([verdict.headline, verdict.consequences]).toEqual([
    "no downtime",
    [{ level: "no downtime", says: "web-0: nginx.service reloads without losing a connection" }],
  ]);
  expect(files.map(({ path }) => path)).toEqual(["/etc/nginx/webstack/site.conf"]);
  expect(files[0]?.patch).toContain("+    client_max_body_size 26m;");
  await stack.mustUp();
}, 240_000);

test("a review is refused for what `up` refuses, with the same words", async () => {
  const { verdict, problems } = await review(() => stack.change({ database: { version: "16" } }));
  expect([verdict.level, problems.map(({ at }) => at)]).toEqual(["refused", ["database.version"]]);
  const { code, stdout, stderr } = await stack.up();
  expect([code === 0, `${stdout}${stderr}`.includes(`database.version: ${problems[0]?.must ?? ""}`)]).toEqual([false, true]);
  stack.change({ database: { version: debians[defaultDebian].postgres } });
}, 240_000);

test("database size: the review says downtime, and the database restarts", async () => {
  const { verdict } = await review(() => stack.change({ database: { memoryMiB: 1536 } }));
  expect(verdict.level).toBe("downtime");
  const happened = await apply();
  expect([happened.outcome.code, happened.moved]).toEqual([0, ["postgres"]]);
}, 240_000);

test("another deployment key and another range are refused by the review and by `up`, with the same words: no machine that keeps data is made anew", async () => {
  const key = readFileSync(join(stack.folder, "key"), "utf8");
  const before = await marks();
  const other = { key: join(stack.folder, "other"), range: stack.range.replace("/24", "/25") };
  const { verdict, problems } = await review(async () => {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other.key]);
    await stack.pulumi(["config", "set", "--secret", "sshPrivateKey"], readFileSync(other.key, "utf8"));
    stack.change({ network: { range: other.range } });
  });
  const lines = [
    `network.range: must stay ${stack.range}: the data of database-0 would go with it, got "${other.range}"; write range: ` +
      `${stack.range}, or give the data up first: npm run down -- ${stack.name}`,
    "sshPrivateKey: must be the one that opens database-0: with another one nobody reaches the data there; npm run secret -- " +
      `${stack.name} unset sshPrivateKey, and npm run up -- ${stack.name} takes that one from the state; or give the data up first: ` +
      `npm run down -- ${stack.name}`,
  ];
  expect([verdict.headline, problems.map(problemLine)]).toEqual(["refused: problems, and data at risk", lines]);
  const { code, stdout, stderr } = await stack.up();
  stack.change({ network: { range: stack.range } });
  await stack.pulumi(["config", "set", "--secret", "sshPrivateKey"], key);
  expect([code === 0, `${stdout}${stderr}`.split("\n").map((line) => line.trim())]).toEqual([false, expect.arrayContaining(lines)]);
  expect(await marks()).toEqual(before);
}, 240_000);
