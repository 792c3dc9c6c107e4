/**
 * Every key of a stack file on every target: it is refused there, it changes what a host is given, or it changes what is asked of the
 * target, at the place that this table names. None is passed over in silence. Limit: mocks show what is asked for.
 */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { keys } from "../../infra/config/keys";
import { checkSpec } from "../../infra/config/parse";
import type { Problem } from "../../infra/config/problems";
import { keyRows, type Keys } from "../../infra/config/schema/section";
import { ownSecrets } from "../../infra/config/secretNames";
import type { StackSpec, TargetName } from "../../infra/config/spec";
import { unused } from "../../infra/config/unused";
import { renderHosts } from "../../infra/host";
import { planStack } from "../../infra/plan";
import { targetFor } from "../../infra/targets";
import { local } from "../../infra/targets/local";
import { toOutputs } from "../../infra/outputs";
import { context } from "../config/baseline";
import * as amazon from "./aws";
import * as ocean from "./digitalocean";
import { recordGraph, type Graph } from "./graph";

type Raw = Readonly<Record<string, unknown>>;

/** Everything that changes something only where another key is there. */
const common = {
  app: { name: "shop", source: "shop" },
  services: {
    api: { kind: "asgi", module: "api.main:app", path: "/api/" },
    web: { kind: "wsgi", module: "shop.wsgi:application", workers: 1 },
    worker: { kind: "command", command: "python -m worker" },
  },
  release: { steps: [{ name: "static", run: "python manage.py collectstatic" }], schema: { revision: "python revision.py" } },
  jobs: { tidy: { run: "python tidy.py", schedule: "daily" } },
  site: { domain: "www.shop.example", tls: "letsencrypt" },
  backup: { drill: { checks: [{ sql: "select 1", expect: "1" }] } },
  access: { sshFrom: ["198.51.100.0/24"] },
};
const monitoring = {
  emails: ["ops@shop.example"],
  smtp: { host: "smtp.shop.example", from: "alerts@shop.example" },
  sentry: { organization: "shop", project: "shop" },
  nrpe: { allowedHosts: ["192.0.2.9/32"] },
};

const stacks: Readonly<Record<TargetName, Raw>> = {
  digitalocean: {
    ...common,
    target: "digitalocean",
    network: { outbound: [465, 587, 2525] },
    site: { ...common.site, zone: "shop.example" },
    host: { size: "s-2vcpu-4gb", snapshots: { every: "week" } },
    database: { size: "db-s-1vcpu-2gb" },
    monitoring: { ...monitoring, slack: { channel: "#shop" } },
  },
  aws: {
    ...common,
    target: "aws",
    network: { outbound: [465, 587, 2525] },
    site: { ...common.site, zone: "shop.example" },
    host: { size: "t3.medium", snapshots: { every: "week" } },
    monitoring,
    backup: { ...common.backup, batch: {} },
  },
  local: { ...common, target: "local", monitoring },
};

/** Where a key of the table stands in those stacks; one that needs others, or that others need, is changed with them. */
const place = (at: string): string =>
  at
    .replace(/^services\.NAME\.threads$/, "services.web.threads")
    .replace(/^services\.NAME\.command$/, "services.worker.command")
    .replace("services.NAME", "services.api")
    .replace("jobs.NAME", "jobs.tidy")
    .replaceAll(".N.", ".0.")
    .replace(/^database\.restore\..*$/, "database.restore")
    .replace(/^(backup\.enabled|database\.kind)$/, "");

const mode = {
  target: { digitalocean: "aws", aws: "local", local: "aws" },
  protect: { digitalocean: "nothing", aws: "nothing", local: "data" },
} as const;
const sizes = { digitalocean: "s-4vcpu-8gb", aws: "t3.large", local: "s-1vcpu-2gb" };
const databases = { digitalocean: "db-s-2vcpu-4gb", aws: "db.t4g.small", local: "db-s-1vcpu-1gb" };
const regions = { digitalocean: "ams3", aws: "eu-west-3", local: "fra1" };

/** RDS goes back to moments of the last 35 days. */
const justNow = new Date(Date.now() - 3_600_000).toISOString().replace(/[.]\d+/, "");

/** A value that no stack above has, where the key's own example is the one it has anyway, or none that stands beside its other keys. */
const values = (target: TargetName): Readonly<Record<string, unknown>> => ({
  protect: mode.protect[target],
  "app.name": "other",
  "host.size": sizes[target],
  "host.region": regions[target],
  "database.size": databases[target],
  "services.NAME.kind": "wsgi",
  "services.NAME.module": "api.other:app",
  "services.NAME.path": "/v2/",
  "services.NAME.health.path": "/api/up",
  "services.NAME.health.startSeconds": 31,
  "services.NAME.timeoutSeconds": 31,
  "services.NAME.drainSeconds": 29,
  "services.NAME.threads": 3,
  "services.NAME.after": ["web"],
  "release.steps": [],
  "release.steps.N.run": "python other.py",
  "release.steps.N.name": "other",
  "release.steps.N.timeoutSeconds": 601,
  "release.schema": null,
  "release.schema.revision": "python other.py",
  "release.restorePoint": false,
  "release.lockTimeoutSeconds": 6,
  "release.keep": 6,
  "jobs.NAME.run": "python other.py",
  "jobs.NAME.timeoutSeconds": 3601,
  "jobs.NAME.memoryMiB": 257,
  "site.tls": "none",
  "site.aliases": ["shop.example"],
  "site.domain": "new.shop.example",
  "site.zone": target === "local" ? "shop.example" : "example",
  "site.caa": "none",
  "site.maxBodyMiB": 11,
  "site.maintenancePath": "/status.json",
  "host.image": "debian-11",
  "host.debian": "debian-12",
  "host.memoryMiB": 4097,
  "host.cpus": 3,
  "host.cpuCredits": "standard",
  "host.snapshots.every": target === "local" ? "day" : "never",
  "host.snapshots.weekday": "monday",
  "host.snapshots.hour": 8,
  "host.snapshots.keep": 3,
  "network.range": "10.20.9.0/24",
  "network.nat": "gateway",
  "network.outbound": [465, 587, 2525, 6379],
  "database.kind": { database: { kind: "none" }, backup: {} },
  "backup.enabled": { backup: { enabled: false } },
  "database.engine": "mysql",
  "database.version": "16",
  "database.name": "other",
  "database.user": "other",
  "database.storageGiB": 37,
  "database.connections": 31,
  "database.memoryMiB": 1025,
  "database.storageLimitGiB": target === "aws" ? 99 : 10,
  "database.keepDays": 8,
  "database.maintenance.weekday": "monday",
  "database.maintenance.hour": 3,
  "database.restore.from": { from: "another" },
  "database.restore.at": { from: "another", at: justNow },
  "backup.schedule": "*-*-* 05:00:00",
  "backup.keepDays": 8,
  "backup.keepWeekly": 5,
  "backup.keepMonthly": 7,
  "backup.batch": target === "aws" ? null : { hour: 6 },
  "backup.batch.hour": 6,
  "backup.batch.keepDays": 8,
  "backup.drill.health": false,
  "backup.drill.schedule": "Sat *-*-* 07:00:00",
  "backup.drill.checks": [],
  "backup.drill.checks.N.sql": "select 2",
  "backup.drill.checks.N.expect": "2",
  "monitoring.slack": { channel: "#others" },
  "monitoring.slack.channel": "#others",
  "monitoring.smtp.port": 2525,
  "monitoring.smtp.tls": "tls",
  "monitoring.sentry": null,
  "monitoring.sentry.organization": "others",
  "monitoring.sentry.project": "others",
  "monitoring.nrpe": null,
  "monitoring.nrpe.allowedHosts": ["192.0.2.7/32"],
});

/** What is read before there is a target, or beside it. */
const beside: Readonly<Record<string, string>> = {
  target: "chooses between them",
  "app.source": "what is in it is the release's digest",
  "app.requirements": "what it names is in the release's digest",
  "app.exclude": "what is left is the release's digest",
  secrets: "the secrets' values travel beside the description",
  "policy.exceptions": "read by npm run preview, up and review",
  "policy.exceptions.N.rule": "of policy.exceptions",
  "policy.exceptions.N.resource": "of policy.exceptions",
  "policy.exceptions.N.reason": "of policy.exceptions",
  "monitoring.budget": "compared with the bill before a target is asked",
};

/** Where a key is in what is asked of a target: a resource, and a path in its inputs; without a path, whether there is that resource. */
type Asked = Readonly<Record<string, readonly [resource: string, path?: string]>>;
const late: Asked = { env: ["web-0-apply", "stdin"] };
const asked: Readonly<Record<TargetName, Asked>> = {
  digitalocean: {
    ...late,
    protect: ["database", "options.protect"],
    "site.caa": ["caa-www.shop.example"],
    "host.region": ["web-0", "region"],
    "host.size": ["web-0", "size"],
    "host.snapshots.every": ["web-0", "backups"],
    "host.snapshots.weekday": ["web-0", "backupPolicy.weekday"],
    "host.snapshots.hour": ["web-0", "backupPolicy.hour"],
    "network.range": ["network", "ipRange"],
    "network.outbound": ["firewall", "outboundRules"],
    "database.version": ["database", "version"],
    "database.name": ["database-db", "name"],
    "database.user": ["database-user", "name"],
    "database.size": ["database", "size"],
    "database.storageGiB": ["database", "storageSizeMib"],
    "database.storageLimitGiB": ["database", "storageAutoscale.enabled"],
    "database.pool": ["database-pool"],
    "database.standby": ["database", "nodeCount"],
    "database.maintenance.weekday": ["database", "maintenanceWindows.0.day"],
    "database.maintenance.hour": ["database", "maintenanceWindows.0.hour"],
    "database.restore": ["database-[0-9a-f]+"],
    "database.restore.from": ["database-[0-9a-f]+", "backupRestore.databaseName"],
    "database.restore.at": ["database-[0-9a-f]+", "backupRestore.backupCreatedAt"],
    "monitoring.slack": ["alert-cpu", "alerts.slacks"],
    "monitoring.slack.channel": ["alert-cpu", "alerts.slacks.0.channel"],
  },
  aws: {
    ...late,
    protect: ["database", "deletionProtection"],
    "site.existingRecords": ["www.shop.example-a", "allowOverwrite"],
    "site.caa": ["www.shop.example-caa"],
    "host.region": ["public-0", "availabilityZone"],
    "host.size": ["web-0", "instanceType"],
    "host.cpuCredits": ["host-credits", "metricName"],
    "host.snapshots.every": ["images-by-age"],
    "host.snapshots.weekday": ["images-by-age", "policyDetails.schedules.0.createRule.cronExpression"],
    "host.snapshots.hour": ["images-by-age", "policyDetails.schedules.0.createRule.cronExpression"],
    "host.snapshots.keep": ["images-by-age", "policyDetails.schedules.0.retainRule.interval"],
    "network.range": ["network", "cidrBlock"],
    "network.nat": ["nat"],
    "network.flowLogs": ["flow-logs"],
    "network.outbound": ["web-out-6379"],
    "database.version": ["database", "engineVersion"],
    "database.name": ["database", "dbName"],
    "database.user": ["web-0-apply", "stdin"],
    "database.size": ["database", "instanceClass"],
    "database.storageGiB": ["database", "allocatedStorage"],
    "database.standby": ["database", "multiAz"],
    "database.storageLimitGiB": ["database", "maxAllocatedStorage"],
    "database.keepDays": ["database", "backupRetentionPeriod"],
    "database.maintenance.weekday": ["database", "maintenanceWindow"],
    "database.maintenance.hour": ["database", "maintenanceWindow"],
    "database.restore": ["database-[0-9a-f]+"],
    "database.restore.from": ["database-[0-9a-f]+", "restoreToPointInTime.sourceDbInstanceIdentifier"],
    "database.restore.at": ["database-[0-9a-f]+", "restoreToPointInTime.restoreTime"],
    "backup.batch": ["dump-daily"],
    "backup.batch.hour": ["dump-daily", "scheduleExpression"],
    "backup.batch.keepDays": ["backups-lifecycle", "rules"],
    "access.sessions": ["host-sessions"],
  },
  local: { ...late, "host.memoryMiB": ["web-0", "memoryMiB"], "database.memoryMiB": ["database-0", "memoryMiB"] },
};

/** Keys that take the place of others of the table away, so that they are changed in a run of their own. */
const apart: readonly string[] = [
  "host.snapshots.every",
  "backup.batch",
  "database.storageLimitGiB",
  "database.restore",
  "database.restore.from",
  "database.restore.at",
];

const rows = Object.entries(keys as Keys).flatMap(([name, key]) => keyRows(key, name));
const targets: readonly TargetName[] = ["digitalocean", "aws", "local"];

/** A stack with keys of other values; null takes one away. */
function changed(target: TargetName, names: readonly string[]): Raw {
  return names.reduce<Raw>((stack, at) => {
    const other = values(target);
    const value = Object.hasOwn(other, at) ? other[at] : rows.find((row) => row.at === at)?.example;
    const put = (node: unknown, [name = "", ...rest]: readonly string[]): unknown => {
      if (name === "") return { ...(node as Raw), ...(value as Raw) };
      if (Array.isArray(node))
        return node.map((item: unknown, i) => (String(i) === name ? put(item, rest.length === 0 ? [""] : rest) : item));
      const there = (node ?? {}) as Raw;
      return { ...there, [name]: rest.length === 0 ? value : put(there[name], rest) };
    };
    return put(stack, place(at).split(".")) as Raw;
  }, stacks[target]);
}

/** A stack's problems, those of this box left out. */
function judged(raw: Raw): { readonly spec: StackSpec; readonly problems: readonly Problem[] } {
  const { spec, problems } = checkSpec(raw, context(...ownSecrets(raw)));
  return {
    spec,
    problems:
      problems.length > 0
        ? problems
        : targetFor(spec.target)
            .check(planStack(spec))
            .filter(({ ofBox }) => ofBox !== true),
  };
}

/** All that any machine of the plan is given, and what is opened to it. */
function given(spec: StackSpec): string {
  const plan = planStack(spec);
  // Its digest, since a difference would be shown in full.
  return createHash("sha256")
    .update(JSON.stringify([[...renderHosts(plan, digest)], plan.firewall, plan.hosts, plan.site]))
    .digest("hex");
}

const digest = "00112233aabbccdd";

/** What is asked of a target for a stack. */
function graphOf(spec: StackSpec): Promise<Graph> {
  if (spec.target === "aws") return amazon.graphOf(spec, digest);
  if (spec.target === "digitalocean") return ocean.graphOf(spec, digest);
  const plan = planStack(spec);
  const state = (type: string, name: string) => ({
    hostKey: "ssh-ed25519 AAAA",
    bridge: "ws-test",
    gateway: "10.20.0.1",
    path: `/images/${name}`,
    stdout: name === "database-role" ? '{"password":"p","ca":"CA"}' : type,
  });
  const secrets = {
    env: {},
    sshPrivateKey: pulumi.secret("key"),
    sshPublicKey: "ssh-ed25519 PUBLIC",
    backupPassword: pulumi.secret("backup"),
    monitoring: {},
  };
  const release = { digest, source: "app", requirements: "requirements.txt", exclude: [] };
  return recordGraph({
    stack: spec.stack,
    state,
    call: () => ({ outputs: {} }),
    program: () => toOutputs(local.build(plan, renderHosts(plan, digest), release, secrets)),
  });
}

/** What stands at a place of a graph. */
function found(graph: Graph, [resource, path = ""]: readonly [string, string?]): unknown {
  const node = graph.nodes.find(({ name }) => new RegExp(`^${resource}$`).test(name));
  return path === ""
    ? node?.name
    : path
        .split(".")
        .reduce<unknown>((value, name) => (value as Raw | undefined)?.[name], node && { ...node.opened, options: node.options });
}

describe.each(targets)("on %s", (target) => {
  const before = judged(stacks[target]);
  const stood = given(before.spec);
  const run: Record<"before" | "together" | "apart", Graph> = { before: {} as Graph, together: {} as Graph, apart: {} as Graph };

  beforeAll(async () => {
    const names = Object.keys(asked[target]);
    const one = judged(
      changed(
        target,
        names.filter((at) => !apart.includes(at)),
      ),
    );
    const other = judged(
      changed(
        target,
        names.filter((at) => apart.includes(at)),
      ),
    );
    expect([before.problems, one.problems, other.problems]).toEqual([[], [], []]);
    run.before = await graphOf(before.spec);
    run.together = await graphOf(one.spec);
    run.apart = await graphOf(other.spec);
  }, 120_000);

  test.each(rows.map(({ at }) => at))("%s", (at) => {
    if (Object.hasOwn(beside, at)) return;
    const { spec, problems } = judged(changed(target, [at]));
    const where = asked[target][at];
    if (where === undefined) {
      if (problems.length === 0) expect(given(spec)).not.toBe(stood);
      // One that is refused says so of itself or of the section that it is in.
      else
        expect(problems.map((problem) => problem.at)).toContainEqual(
          expect.stringMatching(
            new RegExp(
              `^(${place(at)
                .split(".")
                .map((_, i, names) => names.slice(0, i + 1).join("[.]"))
                .join("|")})$`,
            ),
          ),
        );
      return;
    }
    expect(problems).toEqual([]);
    expect(found(apart.includes(at) ? run.apart : run.together, where)).not.toEqual(found(run.before, where));
  });

  test("no key of the table is another's", () => {
    const known = rows.map(({ at }) => at);
    expect(
      [...Object.keys(asked[target]), ...Object.keys(values(target)), ...Object.keys(unused[target]), ...Object.keys(beside)].filter(
        (at) => !known.includes(at),
      ),
    ).toEqual([]);
  });
});

test.each(targets.flatMap((target) => Object.keys(unused[target]).map((at) => [target, at] as const)))(
  "%s has no use for %s, whatever it says",
  (target, at) => {
    const { at: where, must, hint } = judged(changed(target, [at])).problems.find((problem) => problem.at === at) ?? {};
    expect([where, must]).toEqual([at, `must be left out when target is ${target}, ${unused[target][at]?.why ?? ""}`]);
    expect(hint).toBe(unused[target][at]?.hint);
  },
);
