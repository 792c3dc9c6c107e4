/** Limit: this shows what the program asks of DigitalOcean, not what DigitalOcean makes of it. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { StackSpec } from "../../infra/config/spec";
import { exampleSpec } from "../goldens/stacks";
import { faultsOf } from "../host/shape";
import { graphOf, markers } from "./digitalocean";
import { expectGraph, type Graph } from "./graph";

let production: Graph;
let bitcoin: Graph;

beforeAll(async () => {
  production = await graphOf(exampleSpec("prod"));
  bitcoin = await graphOf(exampleSpec("bitcoin-prod"));
});

const userData = (graph: Graph): string => String(graph.named("web-0").opened["userData"]);
const lateOf = (graph: Graph) =>
  JSON.parse(String(graph.named("web-0-apply").opened["stdin"])) as {
    env: Record<string, string>;
    files: Record<string, string>;
    databaseAdmin: string;
  };
const withMarkers = (spec: StackSpec): StackSpec => ({ ...spec, monitoring: { ...spec.monitoring, slack: { channel: "#alerts" } } });

test("the graph of each example is as kept", () => {
  expectGraph("ocpizza-prod", production);
  expectGraph("bitcoin-prod", bitcoin);
});

test("production declares exactly these resources", () => {
  expect(
    production.nodes.filter(({ type }) => type.startsWith("digitalocean:")).map(({ type, name }) => `${type.split(":").at(-1)} ${name}`),
  ).toEqual([
    "DatabaseCluster database",
    "DatabaseDb database-db",
    "DatabaseFirewall database-firewall",
    "DatabaseUser database-user",
    "DnsRecord caa-www.ocpizza.fr",
    "DnsRecord dns-ocpizza.fr",
    "DnsRecord dns-www.ocpizza.fr",
    "Droplet web-0",
    "Firewall firewall",
    "MonitorAlert alert-cpu",
    "MonitorAlert alert-database-cpu",
    "MonitorAlert alert-database-disk",
    "MonitorAlert alert-database-load",
    "MonitorAlert alert-database-memory",
    "MonitorAlert alert-disk",
    "MonitorAlert alert-load",
    "MonitorAlert alert-memory",
    "Project project",
    "ProjectResources project-resources",
    "ReservedIp address",
    "ReservedIpAssignment address-assignment",
    "SpacesBucket backups",
    "SpacesKey backups-key",
    "SshKey ssh-key",
    "Tag host-tag",
    "UptimeAlert host-alerts-stand",
    "UptimeAlert uptime-certificate",
    "UptimeAlert uptime-down",
    "UptimeAlert uptime-latency",
    "UptimeCheck host-alerts",
    "UptimeCheck uptime",
    "Vpc network",
  ]);
});

test("the site's address waits for the gate, the gate for the hand-over, and that for the release", () => {
  expect(production.named("address-assignment").dependencies).toContain("web-0-gate");
  expect(production.named("web-0-gate").dependencies).toContain("web-0-handover");
  expect(production.named("web-0-handover").dependencies).toContain("web-0-apply");
  expect(production.named("web-0-apply").dependencies).toEqual(
    expect.arrayContaining(["web-0-bundle", "web-0-release", "database-db", "database-user"]),
  );
  expect(production.named("web-0-in-service").dependencies).toContain("web-0-handover-rest");
  expect(production.named("web-0-handover-rest").dependencies).toEqual(
    expect.arrayContaining(["address-assignment", "dns-www.ocpizza.fr"]),
  );
});

test("the gate asks the machine's own address and not the site's", () => {
  expect(production.named("web-0-gate").inputs["environment"]).toEqual({
    ADDRESS: "198.51.100.10",
    SITE: '{"scheme":"https","name":"www.ocpizza.fr","paths":["/.webstack/health/web"]}',
    SECONDS: "120",
  });
});

test("what holds data, and the site's address, is protected in production and nothing else is", () => {
  const kept = production.nodes.filter(({ options }) => options["protect"] === true).map(({ name }) => name);
  expect(kept).toEqual(["database", "database-db", "database-user", "address", "backups"]);
  expect(production.nodes.filter(({ options }) => options["beforeDelete"] !== undefined).map(({ name }) => name)).toEqual(["address"]);
  expect(production.nodes.filter(({ options }) => options["retainOnDelete"] === true).map(({ name }) => name)).toEqual(["backups"]);
});

test("a stack that says so protects nothing, and still leaves its backups behind", async () => {
  const graph = await graphOf({ ...exampleSpec("prod"), protect: "nothing" });
  expect(graph.nodes.filter(({ options }) => options["protect"] === true || options["beforeDelete"] !== undefined)).toEqual([]);
  expect(graph.named("backups").options).toEqual({ retainOnDelete: true });
});

test("no host is deleted before its successor serves, though the provider would rather, since the program chose its name", () => {
  expect(
    production.nodes
      .filter(({ options }) => options["deleteBeforeReplace"] !== undefined)
      .map(({ name, options }) => [name, options["deleteBeforeReplace"]]),
  ).toEqual([
    ["web-0", "false"],
    ["ssh-key", "false"],
  ]);
});

test("the database is reached through the private network by the stack's hosts alone", () => {
  expect(production.named("database-firewall").inputs["rules"]).toEqual([{ type: "tag", value: "webstack-prod-web" }]);
  expect(production.named("web-0").inputs["tags"]).toContain("webstack-prod-web");
  expect(production.named("database").inputs["privateNetworkUuid"]).toBe("network-id");
  const late = lateOf(production);
  expect(late.env["DATABASE_URL"]).toBe(
    `postgresql://ocpizza:${markers.database}@private-database.db.ondigitalocean.com:25060/ocpizza?sslmode=verify-full&sslrootcert=/etc/webstack/database-ca.pem`,
  );
  expect(late.files).toEqual({ "/etc/webstack/database-ca.pem": "CA TEXT" });
  const rules = production.nodes.filter(({ type }) => type.includes("Firewall")).map(({ inputs }) => JSON.stringify(inputs));
  expect(rules.filter((text) => text.includes("ip_addr"))).toEqual([]);
});

test("SSH is open to the operators alone, and nothing is but the plan's ports", () => {
  const rules = production.named("firewall").inputs["inboundRules"] as { portRange: string; sourceAddresses: string[] }[];
  expect(rules.map(({ portRange, sourceAddresses }) => [portRange, sourceAddresses])).toEqual([
    ["80", ["0.0.0.0/0", "::/0"]],
    ["443", ["0.0.0.0/0", "::/0"]],
    ["22", ["203.0.113.0/24"]],
  ]);
});

test("what may leave a host is names, time, the web, the mail server and its own database", () => {
  const rules = production.named("firewall").inputs["outboundRules"] as {
    protocol: string;
    portRange: string;
    destinationAddresses: string[];
  }[];
  expect(rules.map(({ protocol, portRange, destinationAddresses }) => [`${protocol} ${portRange}`, destinationAddresses[0]])).toEqual([
    ["udp 53", "0.0.0.0/0"],
    ["tcp 53", "0.0.0.0/0"],
    ["udp 123", "0.0.0.0/0"],
    ["tcp 80", "0.0.0.0/0"],
    ["tcp 443", "0.0.0.0/0"],
    ["tcp 2525", "0.0.0.0/0"],
    ["tcp 25060-25061", "10.20.0.0/24"],
  ]);
});

test("the app's mail server is reached where the stack says so", async () => {
  const spec = exampleSpec("prod");
  const graph = await graphOf({ ...spec, network: { ...spec.network, outbound: [587] } });
  const rules = graph.named("firewall").inputs["outboundRules"] as { portRange: string }[];
  expect(rules.map(({ portRange }) => portRange)).toEqual(["53", "53", "123", "80", "443", "587", "25060-25061"]);
});

test("no secret stands in clear anywhere in the graph, in a bundle or in an output", async () => {
  const graph = await graphOf(withMarkers(exampleSpec("prod")));
  const opened = JSON.stringify(graph.nodes.map((node) => node.opened));
  for (const marker of Object.values(markers)) {
    // It is there, or the search would find nothing whatever happens.
    expect([marker, opened.includes(marker)]).toEqual([marker, true]);
    expect([marker, graph.clear.includes(marker), JSON.stringify(graph.outputs).includes(marker)]).toEqual([marker, false, false]);
  }
});

test("user-data fits, and is the same for another release and for other settings", async () => {
  const spec = exampleSpec("prod");
  const other = await graphOf(
    { ...spec, env: { ...spec.env, NEW: "1" }, host: { ...spec.host, packages: ["libpq5"] }, site: { ...spec.site, maxBodyMiB: 99 } },
    "ffeeddccbbaa9988",
  );
  expect(Buffer.byteLength(userData(production))).toBeLessThan(16 * 1024);
  expect(userData(other)).toBe(userData(production));
  // Its token is nobody's to read but the machine's.
  expect([production.named("web-0").inputs["userData"], production.named("web-0").options["ignoreChanges"]]).toEqual([
    "[secret]",
    ["userData"],
  ]);
  expect(other.named("web-0").inputs).toEqual(production.named("web-0").inputs);
  for (const marker of Object.values(markers)) expect(userData(production)).not.toContain(marker);
});

test("the bucket is private and keeps what was deleted, and its key opens nothing else", () => {
  expect(production.named("backups").inputs).toEqual({
    region: "fra1",
    acl: "private",
    versioning: { enabled: true },
    lifecycleRules: [
      { id: "old-versions", enabled: true, abortIncompleteMultipartUploadDays: 7, noncurrentVersionExpiration: { days: 30 } },
    ],
  });
  expect(production.named("backups-key").inputs["grants"]).toEqual([{ bucket: "backups-1234567", permission: "readwrite" }]);
  expect(faultsOf("repository", JSON.parse(String(production.named("web-0-backup-repository").opened["stdin"])))).toBeNull();
  expect(JSON.parse(String(production.named("web-0-backup-repository").opened["stdin"]))).toEqual({
    AWS_ACCESS_KEY_ID: "SPACESACCESS",
    AWS_SECRET_ACCESS_KEY: markers.spaces,
    RESTIC_REPOSITORY: "s3:https://fra1.digitaloceanspaces.com/backups-1234567/restic",
    RESTIC_PASSWORD: markers.backup,
  });
});

test("alerts reach people by e-mail and Slack, the webhook being secret", async () => {
  const graph = await graphOf(withMarkers(exampleSpec("prod")));
  const slacks = [{ channel: "#alerts", url: "[secret]" }];
  for (const alert of graph.ofType("digitalocean:index/monitorAlert:MonitorAlert")) {
    expect(alert.inputs["alerts"]).toEqual({ emails: ["ops@ocpizza.fr"], slacks });
  }
  expect(graph.ofType("digitalocean:index/uptimeAlert:UptimeAlert").map(({ inputs }) => [inputs["type"], inputs["notifications"]])).toEqual(
    [
      ["down", [{ emails: ["ops@ocpizza.fr"], slacks }]],
      ["ssl_expiry", [{ emails: ["ops@ocpizza.fr"], slacks }]],
      ["down", [{ emails: ["ops@ocpizza.fr"], slacks }]],
      ["latency", [{ emails: ["ops@ocpizza.fr"], slacks }]],
    ],
  );
});

test("a restore is a cluster beside the one it is a copy of, and the app's address follows by itself", async () => {
  const spec = exampleSpec("prod");
  if (spec.database.kind !== "managed") throw new Error("production has a database");
  const restore = { from: "webstack-prod-database", at: "2026-11-01T03:00:00Z" };
  const graph = await graphOf({ ...spec, database: { ...spec.database, restore } });
  const clusters = graph.ofType("digitalocean:index/databaseCluster:DatabaseCluster");
  expect(clusters.map(({ name }) => name)).toEqual(["database", expect.stringMatching(/^database-[0-9a-f]{5}$/)]);
  const [first, copy] = clusters;
  // The old one is as it was: nothing of it is replaced, and it stays protected.
  expect([first?.inputs, first?.options]).toEqual([production.named("database").inputs, production.named("database").options]);
  expect(copy?.inputs["backupRestore"]).toEqual({ databaseName: "webstack-prod-database", backupCreatedAt: "2026-11-01T03:00:00Z" });
  expect(copy?.inputs["name"]).toBe(`webstack-prod-${copy?.name ?? ""}`);
  const place = `private-${copy?.name ?? ""}.db.ondigitalocean.com:25060/ocpizza?sslmode=verify-full&sslrootcert=/etc/webstack/database-ca.pem`;
  const late = lateOf(graph);
  expect(late.env["DATABASE_URL"]).toBe(`postgresql://ocpizza:${markers.database}@${place}`);
  expect(late.databaseAdmin).toBe(`postgresql://doadmin:${markers.admin}@${place}`);
  // The copy has the user already, and the first cluster keeps its own.
  const users = graph.ofType("digitalocean:index/databaseUser:DatabaseUser");
  expect(users.map(({ name, inputs }) => [name, inputs])).toEqual([["database-user", { clusterId: "database-id", name: "ocpizza" }]]);
  expect(graph.calls.filter(({ token }) => token.endsWith(":getDatabaseUser")).map(({ inputs }) => inputs)).toEqual([
    { clusterId: `${copy?.name ?? ""}-id`, name: "ocpizza" },
  ]);
  expect(graph.named(`${copy?.name ?? ""}-firewall`).inputs["rules"]).toEqual([{ type: "tag", value: "webstack-prod-web" }]);
});

test("the app is a user of its own, and the cluster's administrator is handed to the host's root alone", async () => {
  const spec = exampleSpec("prod");
  if (spec.database.kind !== "managed") throw new Error("production has a database");
  const graph = await graphOf({ ...spec, database: { ...spec.database, user: "shop" } });
  expect(graph.named("database-user").inputs).toEqual({ clusterId: "database-id", name: "shop" });
  const { databaseAdmin, ...rest } = lateOf(graph);
  expect(rest.env["DATABASE_URL"]).toContain(`://shop:${markers.database}@`);
  expect([databaseAdmin.includes(markers.admin), JSON.stringify(rest).includes(markers.admin)]).toEqual([true, false]);
  expect(graph.nodes.filter(({ opened }) => JSON.stringify(opened).includes(markers.admin)).map(({ name }) => name)).toEqual([
    "web-0-apply",
  ]);
  expect(graph.outputs).toMatchObject({ database: { user: "shop" } });
});

test("a host has the database's client, which gives the app's user its rights, also without backups", async () => {
  const spec = exampleSpec("prod");
  const packages = async (over: Partial<StackSpec>) => {
    const text = (await graphOf({ ...spec, ...over })).named("web-0-bundle").inputs["source"];
    return (
      JSON.parse(String(text).trimEnd().split("\n").at(-1)?.replace("# BUNDLE ", "") ?? "") as { packages: string[] }
    ).packages.filter((name) => /client|restic/.test(name));
  };
  const off = { backup: { ...spec.backup, enabled: false } };
  expect(await packages(off)).toEqual(["postgresql-client-17"]);
  expect(await packages({ ...off, database: { kind: "none" } })).toEqual([]);
});

test("a pool is between app and database, and hostctl goes past it", async () => {
  const spec = exampleSpec("prod");
  if (spec.database.kind !== "managed") throw new Error("production has a database");
  const graph = await graphOf({ ...spec, database: { ...spec.database, pool: "transaction" } });
  expect(graph.named("database-pool").inputs).toEqual({
    clusterId: "database-id",
    name: "database-pool",
    mode: "transaction",
    size: 19,
    dbName: "ocpizza",
    user: "ocpizza",
  });
  const { env, databaseAdmin } = lateOf(graph);
  const host = `postgresql://ocpizza:${markers.database}@private-database.db.ondigitalocean.com`;
  const checked = "sslmode=verify-full&sslrootcert=/etc/webstack/database-ca.pem";
  expect([env["DATABASE_URL"], env["DATABASE_DIRECT_URL"], env["DATABASE_POOL"]]).toEqual([
    `${host}:25061/database-pool?${checked}`,
    `${host}:25060/ocpizza?${checked}`,
    "transaction",
  ]);
  expect(databaseAdmin).toBe(`postgresql://doadmin:${markers.admin}@private-database.db.ondigitalocean.com:25060/ocpizza?${checked}`);
});

test("MySQL is the same but for the engine's own words", async () => {
  const spec = exampleSpec("prod");
  if (spec.database.kind !== "managed") throw new Error("production has a database");
  const graph = await graphOf({ ...spec, database: { ...spec.database, engine: "mysql", version: "8" } });
  expect(graph.named("database").inputs).toMatchObject({ engine: "mysql", version: "8" });
  const { env, databaseAdmin } = lateOf(graph);
  const place = "private-database.db.ondigitalocean.com:25060/ocpizza?ssl_ca=/etc/webstack/database-ca.pem";
  expect([env["DATABASE_URL"], databaseAdmin]).toEqual([
    `mysql://ocpizza:${markers.database}@${place}`,
    `mysql://doadmin:${markers.admin}@${place}`,
  ]);
});

test("another target never loads the provider, and this one loads no index of it", () => {
  const script =
    'require("./infra/targets").targetFor(process.argv[1]); console.log(JSON.stringify(Object.keys(require.cache).filter((path) => ' +
    "/@pulumi.(digitalocean|aws)/.test(path))))";
  const loaded = (target: string): string[] =>
    JSON.parse(
      execFileSync("node_modules/.bin/tsx", ["-e", script, target], { cwd: join(__dirname, "../.."), encoding: "utf8" }),
    ) as string[];
  expect(loaded("local")).toEqual([]);
  const files = loaded("digitalocean");
  expect(files.some((path) => path.endsWith("/droplet.js"))).toBe(true);
  expect(files.some((path) => /@pulumi.aws/.test(path) || /digitalocean.index\.js$/.test(path))).toBe(false);
});

test("alerts of a host are told by a check of its status page, whose name follows from the stack's key and is secret", async () => {
  const check = production.named("host-alerts");
  const target = String(check.opened["target"]);
  expect(target).toMatch(/^https:\/\/www\.ocpizza\.fr\/\.webstack\/status\/[0-9a-f]{32}$/);
  expect([check.inputs["target"], check.dependencies]).toEqual(["[secret]", expect.arrayContaining(["web-0-in-service"])]);
  expect(production.named("host-alerts-stand").inputs).toMatchObject({
    checkId: "host-alerts-id",
    type: "down",
    notifications: [{ emails: ["ops@ocpizza.fr"] }],
  });
  const { secrets } = JSON.parse(String(production.named("web-0-apply").opened["stdin"])) as { secrets: Record<string, string> };
  expect(secrets).toEqual({ statusPage: target.split("/").at(-1) });
  expect(production.clear).not.toContain(secrets["statusPage"]);
  const unheard = await graphOf(exampleSpec("prod", { monitoring: {} }));
  expect([unheard.nodes.some(({ name }) => name === "host-alerts"), unheard.clear.includes("webstack/status")]).toEqual([false, false]);
});
