/**
 * Verdicts of reviews of Pulumi.prod.yaml beside what the same changes do, on the simulated cloud: the real engine, real machines behind
 * Droplet and database. Limit: what a Droplet's resize and a cluster's do to a site is as the simulation does it (off and on; a restart),
 * see tests/cloud/README.md; its PostgreSQL has one version, so that another one is only previewed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { reviewChange, type Review } from "../../cli/review/review";
import { recordFolder } from "../../cli/review/declaredState";
import { said, TestCloud } from "./cloud";
import { ask } from "./http";
import type { Outcome } from "./stack";
import { visitors } from "./visitors";

const cloud = new TestCloud("review-do", "10.84.25.0/24", "digitalocean", { example: "Pulumi.prod.yaml" });

beforeAll(async () => {
  // The simulated world arrives from the gateway of the private network.
  await cloud.init({ access: { sshFrom: ["10.84.25.1/32"] }, backup: { enabled: false } });
  await cloud.mustUp();
}, 600_000);

afterAll(async () => {
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

const page = (name = "www.ocpizza.fr") => ask(`https://${name}/`, { address: cloud.resources("ReservedIp")[0]?.id ?? "", ca: "anybody" });

/** Whether the page answers again within a minute: a machine that was switched on boots behind the engine's back. */
async function back(): Promise<boolean> {
  for (let left = 120; left > 0; left -= 1) {
    if (
      (await page().then(
        ({ status }) => status,
        () => 0,
      )) === 200
    )
      return true;
    await sleep(500);
  }
  return false;
}

async function review(change: () => void): Promise<Review> {
  const before = await recordFolder(cloud.folder, cloud.name, "before");
  change();
  return reviewChange(cloud.name, before, await recordFolder(cloud.folder, cloud.name, "after"));
}

/** What a review says of visitors, and what it says the cloud replaces. */
const foreseen = ({ verdict, problems, steps }: Review) => ({
  level: verdict.level,
  problems,
  replaced: (steps ?? [])
    .filter(({ type, does }) => type.startsWith("digitalocean:") && does === "replace")
    .map(({ name }) => name)
    .sort(),
});

/** What the change does: how it ended, names of what the cloud replaced and updated for it, and what visitors got meanwhile. */
async function apply(up: () => Promise<Outcome> = () => cloud.up()) {
  const mark = cloud.journal().length;
  const { done, answers, failed } = await visitors(page, up());
  const since = cloud.since(mark);
  const named = (op: string) => since.filter((entry) => entry.startsWith(`${op} `)).map((entry) => entry.split(" ").at(-1) ?? "");
  const created = named("create");
  return {
    ended: done.code === 0 ? "well" : said(done),
    answers,
    failed,
    replaced: named("delete")
      .filter((name) => created.includes(name))
      .sort(),
    updated: named("update"),
  };
}

/** What the engine refuses, because it would lose data. */
async function refused(change: Readonly<Record<string, unknown>>): Promise<void> {
  const file = readFileSync(cloud.file, "utf8");
  const reviewed = await review(() => cloud.change(change));
  // As npm run up does it on a cloud: its preview comes first.
  const happened = await apply(() => cloud.pulumi(["up", "--yes", "--skip-plugin-pre-install"]));
  writeFileSync(cloud.file, file);
  expect([reviewed.verdict.headline, reviewed.problems]).toEqual(["data at risk: refuses", []]);
  expect(happened.ended).toMatch(/marked for protection|cannot be deleted\s+because it is protected/);
  expect([happened.failed, happened.replaced, happened.updated]).toEqual([[], [], []]);
}

const changes = [
  {
    name: "another image",
    says: "replaced behind the gate as foreseen, and no visitor notices",
    async run() {
      const reviewed = await review(() => {
        cloud.rewrite("infra/config/catalog/digitalocean.ts", /"debian-13": "[^"]+"/, '"debian-13": "148000001"');
      });
      const happened = await apply();
      expect([happened.ended, happened.failed, happened.replaced]).toEqual(["well", [], ["address-assignment", "web-0"]]);
      expect(foreseen(reviewed)).toEqual({ level: "replaces a host", problems: [], replaced: happened.replaced });
      expect(happened.answers).toBeGreaterThan(50);
    },
  },
  {
    name: "another size of the host",
    says: "downtime as foreseen, of the same machine",
    async run() {
      const [before] = cloud.resources("Droplet");
      const reviewed = await review(() => cloud.change({ host: { size: "s-2vcpu-4gb" } }));
      const happened = await apply();
      expect([happened.ended, happened.replaced, happened.updated]).toEqual(["well", [], expect.arrayContaining(["web-0"])]);
      expect(foreseen(reviewed)).toEqual({ level: "downtime", problems: [], replaced: [] });
      expect(happened.failed.length).toBeGreaterThan(0);
      expect([cloud.resources("Droplet")[0]?.id, await back()]).toEqual([before?.id, true]);
    },
  },
  {
    name: "another size of the database",
    says: "downtime as foreseen, of the same cluster",
    async run() {
      const [before] = cloud.resources("DatabaseCluster");
      const reviewed = await review(() => cloud.change({ database: { size: "db-s-1vcpu-2gb" } }));
      const happened = await apply();
      expect([happened.ended, happened.replaced, happened.updated]).toEqual(["well", [], expect.arrayContaining(["database"])]);
      expect(foreseen(reviewed)).toEqual({ level: "downtime", problems: [], replaced: [] });
      expect([cloud.resources("DatabaseCluster")[0]?.id, await back()]).toEqual([before?.id, true]);
    },
  },
  {
    name: "another domain",
    says: "who comes by the old name is turned away, as foreseen",
    async run() {
      const reviewed = await review(() =>
        cloud.change({ site: { domain: "www.ocpizza.com", aliases: ["ocpizza.com"], zone: "ocpizza.com" } }),
      );
      expect([reviewed.verdict.level, reviewed.verdict.consequences[0]?.says]).toEqual([
        "downtime",
        "who comes by the name www.ocpizza.fr is turned away; keep it in site.aliases",
      ]);
      expect((await apply()).ended).toBe("well");
      const old = await page().then(
        ({ status }) => String(status),
        () => "closed",
      );
      expect([old === "200", (await page("www.ocpizza.com")).status]).toEqual([false, 200]);
      cloud.change({ site: { domain: "www.ocpizza.fr", aliases: ["ocpizza.fr"], zone: "ocpizza.fr" } });
      await cloud.mustUp();
    },
  },
  {
    name: "another network that may log in",
    says: "no downtime, as foreseen",
    async run() {
      const reviewed = await review(() => cloud.change({ access: { sshFrom: ["10.84.25.1/32", "198.51.100.7/32"] } }));
      const happened = await apply();
      expect([happened.ended, happened.failed, happened.replaced, happened.updated]).toEqual(["well", [], [], ["firewall"]]);
      expect(foreseen(reviewed)).toEqual({ level: "no downtime", problems: [], replaced: [] });
    },
  },
  {
    name: "another region",
    says: "data at risk as foreseen; the engine refuses, does nothing, and the site serves on",
    run: () => refused({ host: { region: "ams3" } }),
  },
  {
    name: "another engine",
    says: "data at risk as foreseen; the engine refuses, does nothing, and the site serves on",
    run: () => refused({ database: { engine: "mysql", version: "8" } }),
  },
  {
    name: "another target",
    says: "data at risk as foreseen; the engine refuses, does nothing, and the site serves on",
    run: () =>
      refused({
        target: "aws",
        host: { region: "eu-central-1", size: "t3.small" },
        database: { size: "db.t4g.micro" },
        services: { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 3, path: "/" } },
      }),
  },
];

test.each(changes)("$name: $says", ({ run }) => run(), 600_000);
