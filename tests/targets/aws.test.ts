/** Limit: this shows what the program asks of AWS, not what AWS makes of it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { databases, extras, instances, regions } from "../../infra/config/catalog/aws";
import { monthlyPrice } from "../../infra/config/catalog/awsPrices";
import { problemLine } from "../../infra/config/problems";
import { planStack } from "../../infra/plan";
import { awsAlarms } from "../../infra/plan/cost/lines";
import { alarmsOf } from "../../infra/targets/aws/alarms";
import { check } from "../../infra/targets/aws/check";
import { regionCa } from "../../infra/targets/aws/database";
import { diskGiB } from "../../infra/targets/aws/dumpDisk";
import { imageSchedule } from "../../infra/targets/aws/images";
import { debians } from "../../infra/config/catalog/debian";
import { creditsOf, secondAddress } from "../../infra/targets/aws/host";
import { databaseName, resourceName } from "../../infra/targets/aws/move";
import { namesOf } from "../../infra/host/cloudWatch";
import { quarters } from "../../infra/targets/aws/network";
import { windows } from "../../infra/targets/aws/rds";
import { restoreNotice } from "../../infra/targets/aws/versions";
import { wildcards, wildcardsIn } from "../../infra/targets/aws/wildcards";
import { checkName } from "../cloud/names";
import { schemaOf } from "../cloud/schema";
import { spec, type Raw } from "../config/baseline";
import { exampleSpec } from "../goldens/stacks";
import { faultsOf } from "../host/shape";
import { accountId, graphOf, markers } from "./aws";
import { expectGraph, type Graph, type GraphNode } from "./graph";

let shop: Graph;
let bitcoin: Graph;
let asked: Graph;

const onAws = (more: Raw = {}) =>
  spec({
    target: "aws",
    site: { domain: "www.shop.example" },
    access: { sshFrom: ["203.0.113.0/24"] },
    services: { web: { kind: "wsgi", module: "a:b" } },
    ...more,
  });

beforeAll(async () => {
  shop = await graphOf(exampleSpec("aws"));
  bitcoin = await graphOf(exampleSpec("bitcoin-aws"));
  // What costs more, or holds less, than the two.
  asked = await graphOf(
    onAws({
      protect: "nothing",
      network: { nat: "gateway", flowLogs: true, outbound: [587] },
      access: { sshFrom: ["203.0.113.0/24"], sessions: true },
      host: { size: "t4g.small", snapshots: { every: "week", weekday: "friday", hour: 1 } },
      database: {
        size: "db.m7g.large",
        standby: true,
        storageGiB: 50,
        storageLimitGiB: 50,
        keepDays: 14,
        restore: { from: "shop-old", at: "2026-11-01T03:00:00Z" },
      },
    }),
  );
}, 60_000);

const all = () => [shop, bitcoin, asked];

function manifestOf(graph: Graph) {
  const bundle = String(graph.named("web-0-bundle").inputs["source"]);
  return JSON.parse(bundle.slice(bundle.lastIndexOf("\n# BUNDLE ") + 10)) as {
    packages: string[];
    units: string[];
    files: { path: string; content: string }[];
  };
}

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

/** Every statement of every policy that the graph has. */
function statements(graph: Graph): readonly Statement[] {
  const documents = graph.nodes
    .flatMap(({ inputs }) => [inputs["policy"], inputs["assumeRolePolicy"]])
    .filter((text): text is string => typeof text === "string");
  return documents.flatMap((text) => (JSON.parse(text) as { Statement: Statement[] }).Statement);
}

const grants = (graph: Graph, name: string) =>
  (JSON.parse(String(graph.named(name).inputs["policy"])) as { Statement: Statement[] }).Statement.map(({ Action, Resource }) => [
    Action,
    Resource,
  ]);

test("the graph of OC Pizza is as kept", () => {
  expectGraph("aws", shop);
});

test("the graph of the Bitcoin Analyzer is as kept", () => {
  expectGraph("bitcoin-aws", bitcoin);
});

test("every resource of every stack has a name of its own", () => {
  for (const graph of all()) {
    const names = graph.nodes.filter(({ type }) => type.startsWith("aws:") || type.startsWith("pulumi:")).map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }
});

test("the region and the default tags come from the description, whatever is in the environment", () => {
  expect(shop.named("aws").inputs).toMatchObject({
    region: "eu-west-3",
    defaultTags: JSON.stringify({ tags: { project: "webstack", stack: "aws", app: "ocpizza" } }),
  });
});

test("two public and two private subnets lie in two zones, and no gateway is paid for", () => {
  expect(
    shop
      .ofType("aws:ec2/subnet:Subnet")
      .map(({ name, inputs }) => [name, inputs["cidrBlock"], inputs["availabilityZone"], inputs["mapPublicIpOnLaunch"]]),
  ).toEqual([
    ["private-0", "10.20.0.128/26", "eu-west-3a", undefined],
    ["private-1", "10.20.0.192/26", "eu-west-3b", undefined],
    ["public-0", "10.20.0.0/26", "eu-west-3a", undefined],
    ["public-1", "10.20.0.64/26", "eu-west-3b", undefined],
  ]);
  expect(shop.ofType("aws:ec2/natGateway:NatGateway")).toEqual([]);
  expect(shop.ofType("aws:ec2/flowLog:FlowLog")).toEqual([]);
  // The private table has no way out.
  expect(shop.ofType("aws:ec2/route:Route").map(({ inputs }) => inputs["routeTableId"])).toEqual(["public-table-id"]);
  expect(shop.named("storage-endpoint").inputs).toMatchObject({
    serviceName: "com.amazonaws.eu-west-3.s3",
    vpcEndpointType: "Gateway",
    routeTableIds: ["public-table-id", "private-table-id"],
  });
});

test("a NAT gateway and flow logs are there when they are asked for", () => {
  expect(asked.named("nat").inputs).toMatchObject({ subnetId: "public-0-id", allocationId: "eipalloc-nat-address" });
  expect(asked.named("private-out").inputs).toMatchObject({ routeTableId: "private-table-id", natGatewayId: "nat-id" });
  expect(asked.named("flow-logs").inputs).toMatchObject({
    trafficType: "ALL",
    vpcId: "network-id",
    logDestination: `arn:aws:logs:eu-central-1:${accountId}:log-group:/webstack-test/network`,
  });
});

test("four parts of a range are equal and lie side by side", () => {
  expect(quarters("10.20.0.0/24")).toEqual(["10.20.0.0/26", "10.20.0.64/26", "10.20.0.128/26", "10.20.0.192/26"]);
  expect(quarters("10.20.0.0/16")).toEqual(["10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18", "10.20.192.0/18"]);
  expect(quarters("10.20.3.64/26")).toEqual(["10.20.3.64/28", "10.20.3.80/28", "10.20.3.96/28", "10.20.3.112/28"]);
});

test("the security groups open what the plan opens, each with its reason, and nothing else", () => {
  const rules = shop.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => {
    const { securityGroupId, fromPort, toPort, ipProtocol, cidrIpv4, cidrIpv6, referencedSecurityGroupId, description } = inputs;
    return [securityGroupId, ipProtocol, fromPort, toPort, cidrIpv4 ?? cidrIpv6 ?? referencedSecurityGroupId, description];
  });
  expect(rules.sort()).toEqual([
    ["database-firewall-id", "tcp", 3306, 3306, "dump-firewall-id", "daily dump"],
    ["database-firewall-id", "tcp", 3306, 3306, "web-firewall-id", "application"],
    ["web-firewall-id", "tcp", 22, 22, "203.0.113.0/24", "operators and releases"],
    ["web-firewall-id", "tcp", 443, 443, "0.0.0.0/0", "customers, encrypted"],
    ["web-firewall-id", "tcp", 443, 443, "::/0", "customers, encrypted"],
    ["web-firewall-id", "tcp", 80, 80, "0.0.0.0/0", "customers"],
    ["web-firewall-id", "tcp", 80, 80, "::/0", "customers"],
  ]);
  // Neither the database nor what lands in the default group opens connections.
  expect(shop.ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").map(({ name }) => name)).toEqual([
    "dump-out-443",
    "dump-out-80",
    "dump-out-database",
    "web-out-123",
    "web-out-443",
    "web-out-587",
    "web-out-80",
    "web-out-database",
  ]);
  expect(asked.named("web-out-587").inputs).toMatchObject({
    securityGroupId: "web-firewall-id",
    ipProtocol: "tcp",
    fromPort: 587,
    toPort: 587,
    description: "what the app calls",
  });
  expect(shop.named("network-unused").inputs).toMatchObject({ ingress: [], egress: [] });
});

test("AWS takes the reason of every opening: only certain letters may be in one", () => {
  for (const graph of all()) {
    for (const { name, type, inputs } of graph.nodes.filter(
      (node) => /securityGroup/i.test(node.type) && node.inputs["description"] !== undefined,
    )) {
      expect([type, name, inputs["description"]]).toEqual([
        type,
        name,
        expect.stringMatching(/^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/),
      ]);
    }
  }
});

test("no stack lets the whole Internet reach SSH or a database", () => {
  for (const graph of all()) {
    for (const { inputs } of graph.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")) {
      if (inputs["cidrIpv4"] === "0.0.0.0/0" || inputs["cidrIpv6"] === "::/0") expect([80, 443]).toContain(inputs["fromPort"]);
    }
  }
});

test("the machine is Debian by exact name, asks for IMDSv2 on one hop, and encrypts its disk", () => {
  expect(shop.calls.filter(({ token }) => token.endsWith("getAmi"))).toEqual([
    {
      token: "aws:ec2/getAmi:getAmi",
      inputs: expect.objectContaining({
        owners: ["136693071363"],
        filters: [{ name: "name", values: [`debian-13-amd64-${debians["debian-13"].ec2Build}`] }],
        mostRecent: false,
      }),
    },
  ]);
  expect(shop.named("web-0").inputs).toMatchObject({
    instanceType: "t3.small",
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 20 },
    userDataReplaceOnChange: true,
    disableApiTermination: true,
    forceDestroy: true,
  });
  expect(asked.calls.filter(({ token }) => token.endsWith("getAmi"))[0]?.inputs["filters"]).toEqual([
    { name: "name", values: [`debian-13-arm64-${debians["debian-13"].ec2Build}`] },
  ]);
  expect(asked.named("web-0").inputs["disableApiTermination"]).toBe(false);
});

test("user-data is the same text for every release, and holds no secret but the token of a machine that is made", async () => {
  const next = await graphOf({ ...exampleSpec("aws"), env: { DJANGO_SETTINGS_MODULE: "other" } }, "ffeeddccbbaa9988");
  const text = String(shop.named("web-0").opened["userData"]);
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  expect(next.named("web-0").opened["userData"]).toBe(text);
  expect([shop.named("web-0").inputs["userData"], shop.named("web-0").options]).toEqual([
    "[secret]",
    expect.objectContaining({ ignoreChanges: ["userData"], replaceOnChanges: ["primaryNetworkInterface"] }),
  ]);
  expect(next.named("web-0-card").options).toEqual(shop.named("web-0-card").options);
  for (const marker of Object.values(markers)) expect(text).not.toContain(marker);
});

test("the site's address follows the gate, and the machine's own address, card and machine are replaced together", () => {
  expect(shop.named("site-pointer").inputs).toEqual({
    allocationId: "eipalloc-site-address",
    networkInterfaceId: "web-0-card-id",
    privateIpAddress: "10.20.0.12",
    allowReassociation: true,
  });
  expect(shop.named("site-pointer").dependencies).toContain("web-0-gate");
  expect(shop.named("web-0-reachable").inputs).toEqual({
    allocationId: "eipalloc-web-0-address",
    networkInterfaceId: "web-0-card-id",
    privateIpAddress: "10.20.0.11",
  });
  expect(shop.named("web-0").inputs["primaryNetworkInterface"]).toEqual({ networkInterfaceId: "web-0-card-id" });
  const trigger = shop.named("web-0-card").options["replacementTrigger"];
  expect(trigger).toMatch(/^[0-9a-f]{8}$/);
  expect(shop.named("web-0-address").options["replacementTrigger"]).toBe(trigger);
  // Another image means other ones.
  expect(asked.named("web-0-card").options["replacementTrigger"]).not.toBe(trigger);
  // Nothing puts an address on the machine before it has proved itself.
  expect(shop.ofType("aws:ec2/eipAssociation:EipAssociation").map(({ name }) => name)).toEqual(["site-pointer", "web-0-reachable"]);
  expect(secondAddress("10.0.0.4", ["10.0.0.9", "10.0.0.4"])).toBe("10.0.0.9");
  expect(secondAddress("10.0.0.4", ["10.0.0.4"])).toBe("");
});

test("RDS is private, encrypted, reached over TLS alone, kept for seven days and ended with a snapshot", () => {
  expect(shop.named("database").inputs).toMatchObject({
    identifier: "webstack-aws-database",
    engine: "mysql",
    engineVersion: "8.4",
    dbName: "ocpizza",
    instanceClass: "db.t4g.micro",
    allocatedStorage: 20,
    maxAllocatedStorage: 40,
    storageEncrypted: true,
    publiclyAccessible: false,
    multiAz: false,
    backupRetentionPeriod: 7,
    deletionProtection: true,
    skipFinalSnapshot: false,
    // Its end is the state's, made up with the instance.
    finalSnapshotIdentifier: "webstack-aws-database-final-0a1b2c3d",
    deleteAutomatedBackups: false,
    allowMajorVersionUpgrade: true,
    manageMasterUserPassword: true,
    engineLifecycleSupport: "open-source-rds-extended-support-disabled",
    performanceInsightsEnabled: false,
    vpcSecurityGroupIds: ["database-firewall-id"],
  });
  expect(Object.keys(shop.named("database").options).sort()).toEqual(["additionalSecretOutputs", "customTimeouts", "protect"]);
  expect(shop.named("database-subnets").inputs["subnetIds"]).toEqual(["private-0-id", "private-1-id"]);
  expect(shop.named("database-parameters").inputs).toMatchObject({
    family: "mysql8.4",
    parameters: [
      { name: "require_secure_transport", value: "1" },
      { name: "log_bin_trust_function_creators", value: "1", applyMethod: "immediate" },
    ],
  });
  expect(bitcoin.named("database-parameters").inputs).toMatchObject({
    family: "postgres15",
    parameters: expect.arrayContaining([{ name: "rds.force_ssl", value: "1", applyMethod: "immediate" }]),
  });
  expect(bitcoin.named("database").inputs).toMatchObject({
    performanceInsightsEnabled: true,
    performanceInsightsRetentionPeriod: 7,
    databaseInsightsMode: "standard",
  });
});

test("no database of any stack is public, none has a password of ours, and each ends with a snapshot and keeps its automated backups, protected or not", () => {
  for (const { inputs } of all().flatMap((graph) => graph.ofType("aws:rds/instance:Instance"))) {
    expect(inputs).toMatchObject({ publiclyAccessible: false, skipFinalSnapshot: false, deleteAutomatedBackups: false });
    expect(inputs["finalSnapshotIdentifier"]).toBe(`${String(inputs["identifier"])}-final-0a1b2c3d`);
    expect(Object.keys(inputs)).not.toContain("password");
  }
});

test("a standby and a restored copy are asked for as they are wanted", () => {
  const [{ name, inputs, options } = asked.named("database")] = asked.ofType("aws:rds/instance:Instance");
  expect(inputs).toMatchObject({
    multiAz: true,
    backupRetentionPeriod: 14,
    allocatedStorage: 50,
    deletionProtection: false,
    restoreToPointInTime: { sourceDbInstanceIdentifier: "shop-old", restoreTime: "2026-11-01T03:00:00Z" },
  });
  for (const key of ["maxAllocatedStorage", "dbName", "username", "snapshotIdentifier", "blueGreenUpdate"])
    expect(Object.keys(inputs)).not.toContain(key);
  expect(inputs["identifier"]).toMatch(/^webstack-test-database-[0-9a-f]{6}$/);
  expect(options["protect"]).toBeUndefined();
  expect(name).toBe(resourceName("webstack", "test", String(inputs["identifier"])));
  expect(databaseName("webstack", "prod", null)).toBe("webstack-prod-database");
  expect(databaseName("webstack", "prod", { from: "a", at: "" })).not.toBe(databaseName("webstack", "prod", { from: "b", at: "" }));
});

const restored = (restore: object) => ({
  ...exampleSpec("aws"),
  database: { ...exampleSpec("aws").database, restore } as ReturnType<typeof exampleSpec>["database"],
});
const first = "webstack-aws-database";

test("database.restore: the copy is made beside the old database, which loses its protection once the site has moved and is otherwise as it was", async () => {
  const at = new Date(Date.now() - 3600_000).toISOString();
  const graph = await graphOf(restored({ from: first, at }), "00112233aabbccdd", { database: { instance: first } });
  const [copy] = graph.ofType("aws:rds/instance:Instance").filter(({ name }) => name !== "database");
  const identifier = String(copy?.inputs["identifier"]);
  expect([copy?.name, copy?.inputs["restoreToPointInTime"], copy?.inputs["deletionProtection"], copy?.options["protect"]]).toEqual([
    resourceName("webstack", "aws", identifier),
    { sourceDbInstanceIdentifier: first, restoreTime: at },
    true,
    true,
  ]);

  const old = graph.named("database");
  expect(old.inputs).toMatchObject({
    identifier: first,
    deletionProtection: false,
    skipFinalSnapshot: false,
    tags: { Name: "webstack-aws-database", "replaced-by": identifier },
  });
  expect([old.options["protect"], old.dependencies]).toEqual([undefined, expect.arrayContaining(["web-0-in-service"])]);
  // Whatever else the description says by now is not the old one's.
  const changeable = Object.keys({ ...shop.named("database").inputs, ...old.inputs }).filter(
    (key) => !(old.options["ignoreChanges"] as string[]).includes(key),
  );
  expect(changeable.sort()).toEqual(["deletionProtection", "tags"]);
  expect(graph.named(`${String(copy?.name)}-parameters`).options["ignoreChanges"]).toBeUndefined();
  expect(graph.outputs).toMatchObject({ database: { instance: identifier, leaving: [first] } });
  // Everything else is at the copy.
  expect(graph.named("database-plan-selection").inputs["resources"]).toEqual([`arn:aws:rds:eu-west-3:${accountId}:db:${identifier}`]);
  expect(graph.named("database-cpu").inputs["dimensions"]).toEqual({ DBInstanceIdentifier: identifier });
});

test("on the way back from a major upgrade the old database keeps its parameters, whose family the description no longer names", async () => {
  const { database } = exampleSpec("bitcoin-aws");
  const back = {
    ...exampleSpec("bitcoin-aws"),
    database: { ...database, version: "15", restore: { from: "preupgrade-webstack-bitcoin-aws-15-8-to-16-4", at: "" } } as typeof database,
  };
  const graph = await graphOf(back, "00112233aabbccdd", { database: { instance: "webstack-bitcoin-aws-database" } });
  const { type, inputs, options } = graph.named("database-parameters");
  const ignored = options["ignoreChanges"] as string[] | undefined;
  expect([inputs["family"], ignored]).toEqual(["postgres15", ["family", "description", "parameters"]]);
  // Of what the program gives, nothing else would replace the group.
  expect(schemaOf("aws", type).replaces.filter((name) => inputs[name] !== undefined && ignored?.includes(name) !== true)).toEqual([]);
});

test("the up after that one does not name the old database any more, and neither does a stack that begins with a snapshot", async () => {
  const restore = { from: "webstack-aws-database-final-0a1b2c3d", at: "" };
  const identifier = databaseName("webstack", "aws", restore);
  for (const outputs of [{ database: { instance: identifier, leaving: [first] } }, {}]) {
    const graph = await graphOf(restored(restore), "00112233aabbccdd", outputs);
    expect(graph.ofType("aws:rds/instance:Instance").map(({ inputs }) => [inputs["identifier"], inputs["snapshotIdentifier"]])).toEqual([
      [identifier, restore.from],
    ]);
    expect(graph.outputs).toMatchObject({ database: { instance: identifier } });
    expect(Object.keys((graph.outputs as { database: object }).database)).not.toContain("leaving");
  }
});

test("the windows of RDS do not meet, whatever hour is chosen", () => {
  expect(windows({ weekday: "sunday", hour: 2 })).toEqual({ maintenance: "sun:02:00-sun:03:00", backup: "04:00-05:00" });
  expect(windows({ weekday: "sunday", hour: 23 })).toEqual({ maintenance: "sun:23:00-mon:00:00", backup: "01:00-02:00" });
  expect(windows({ weekday: "friday", hour: 21 })).toEqual({ maintenance: "fri:21:00-fri:22:00", backup: "23:00-00:00" });
});

test("the host gets the certificates of its region, and they are roots of RDS", () => {
  for (const region of Object.keys(regions)) expect(regionCa(region).match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
  expect(() => regionCa("mars-1")).toThrow("no certificate of RDS is known for region mars-1");
});

test("the database's login reaches the host as names in Secrets Manager, never as a password", () => {
  const late = JSON.parse(String(shop.named("web-0-apply").opened["stdin"])) as {
    env: Record<string, string>;
    files: Record<string, string>;
  };
  expect(Object.keys(late.env).sort()).toEqual([
    ...["DJANGO_SECRET_KEY", "DJANGO_SETTINGS_MODULE", "EMAIL_FROM", "EMAIL_HOST", "EMAIL_HOST_PASSWORD", "EMAIL_HOST_USER", "EMAIL_PORT"],
    ...[
      "FACEBOOK_APP_ID",
      "FACEBOOK_APP_SECRET",
      "GOOGLE_OAUTH_CLIENT_ID",
      "GOOGLE_OAUTH_SECRET",
      "SENTRY_DSN",
      "SENTRY_ENVIRONMENT",
      "SITE_HOSTS",
      "SITE_SCHEME",
      "STRIPE_API_KEY",
    ],
  ]);
  expect(JSON.parse(late.files["/etc/webstack/database-login.json"] ?? "")).toEqual({
    endpoint: "https://secretsmanager.eu-west-3.amazonaws.com",
    region: "eu-west-3",
    secret: `arn:aws:secretsmanager:eu-west-3:${accountId}:secret:webstack-aws-login-1234`,
    master: `arn:aws:secretsmanager:eu-west-3:${accountId}:secret:rds!db-1`,
    engine: "mysql",
    owner: "ocpizza",
    database: "ocpizza",
    url: "mysql://USER:PASSWORD@webstack-aws-database.abc.eu-west-3.rds.amazonaws.com:3306/ocpizza?ssl_ca=/etc/webstack/database-ca.pem",
  });
  expect(late.files["/etc/webstack/database-ca.pem"]).toBe(regionCa("eu-west-3"));
  expect(late.files["/etc/webstack/site-address"]).toBe("10.20.0.12");
  // The secret is declared empty: its value is in no state.
  expect(shop.ofType("aws:secretsmanager/secretVersion:SecretVersion")).toEqual([]);
});

test("nothing of a secret is in clear anywhere in the graph", () => {
  for (const graph of all()) for (const marker of Object.values(markers)) expect(graph.clear).not.toContain(marker);
});

test("the bundle has the agent, the timer that follows the login, and a way to the metadata for that, for alerts and for backups alone", () => {
  const manifest = manifestOf(shop);
  const content = (path: string) => manifest.files.find((file) => file.path === path)?.content;
  expect(manifest.packages).toContain("mariadb-client");
  expect(manifest.units).toEqual(expect.arrayContaining(["webstack-address.service", "webstack-agent.service", "webstack-login.timer"]));
  expect(JSON.parse(content("/etc/webstack/agent.json") ?? "")).toMatchObject({
    metrics: {
      namespace: "webstack-aws",
      metrics_collected: { mem: { measurement: ["mem_used_percent"] }, disk: { measurement: ["disk_used_percent"], resources: ["/"] } },
    },
    logs: {
      logs_collected: {
        files: { collect_list: [{ file_path: "/var/log/webstack/deploy_logs.jsonl", log_group_name: "/webstack-aws/host" }] },
      },
    },
  });
  expect(content("/etc/systemd/system/webstack-login.timer")).toContain("\nOnUnitInactiveSec=20\n");
  expect(manifest.files.filter((file) => file.content.includes("\nIPAddressAllow=169.254.169.254\n")).map(({ path }) => path)).toEqual([
    "/etc/systemd/system/webstack-watch.service.d/metadata.conf",
    "/etc/systemd/system/webstack-alert@.service.d/metadata.conf",
    "/etc/systemd/system/webstack-login.service",
    "/etc/systemd/system/webstack-backup.service.d/metadata.conf",
    "/etc/systemd/system/webstack-drill.service.d/metadata.conf",
  ]);
  expect(content("/etc/systemd/system/webstack-agent.service")).toContain(
    " --key https://amazoncloudwatch-agent.s3.amazonaws.com/assets/amazon-cloudwatch-agent.gpg 937616F3450B7D806CBD9725D58167303B789C72 ",
  );
});

test("sessions are off unless asked for, and their agent is held to the key that the host was given", () => {
  const rights = [shop, bitcoin, asked].map((graph) =>
    graph.ofType("aws:iam/rolePolicy:RolePolicy").some(({ name }) => name === "host-sessions"),
  );
  expect(rights).toEqual([false, false, true]);
  const [of, none] = [asked, shop].map((graph) => manifestOf(graph).files);
  const content = (path: string) => of?.find((file) => file.path === path)?.content ?? "";
  const [, url, key, fingerprint] =
    /^ExecStart=\S+ amazon-ssm-agent (\S+) --key (\S+) (\S+)$/m.exec(content("/etc/systemd/system/webstack-sessions.service")) ?? [];
  expect([url, key, fingerprint]).toEqual([
    "https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/latest/debian_arm64/amazon-ssm-agent.deb",
    "/usr/local/lib/webstack/amazon-ssm-agent.asc",
    "1C5B395CBE5E74E2F1CA21592784DBF388D19D46",
  ]);
  const home = mkdtempSync(join(tmpdir(), "gpg-"));
  const shown = execFileSync("gpg", ["--homedir", home, "--quiet", "--with-colons", "--show-keys"], {
    input: content(key ?? ""),
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  });
  rmSync(home, { recursive: true });
  expect(shown.split("\n").filter((line) => line.startsWith("fpr:"))).toEqual([`fpr:::::::::${fingerprint ?? ""}:`]);
  expect(none?.filter(({ path }) => /ssm|sessions/.test(path))).toEqual([]);
});

test("a host may use its own prefix, its own secret and its own log group, and tell its own measures", () => {
  expect(grants(shop, "host-backups")).toEqual([
    [["s3:ListBucket"], "arn:aws:s3:::webstack-aws-backups-1234"],
    [["s3:GetBucketLocation"], "arn:aws:s3:::webstack-aws-backups-1234"],
    [["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], "arn:aws:s3:::webstack-aws-backups-1234/host/*"],
  ]);
  const arn = `arn:aws:secretsmanager:eu-west-3:${accountId}:secret`;
  expect(grants(shop, "host-login")).toEqual([
    [["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], `${arn}:webstack-aws-login-1234`],
    [["secretsmanager:GetSecretValue"], `${arn}:rds!db-1`],
  ]);
  expect(
    shop
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => inputs["role"] === "host-role-id")
      .map(({ name }) => name),
  ).toEqual(["host-alerts", "host-backups", "host-login", "host-reports"]);
  expect(grants(shop, "host-alerts")).toEqual([[["sns:Publish"], `arn:aws:sns:eu-west-3:${accountId}:webstack-aws-alarms`]]);
});

test("a host knows the topic of the stack's alarms, by which its own alerts go, where there is somebody to hear", async () => {
  const secrets = (graph: Graph) => (JSON.parse(String(graph.named("web-0-apply").opened["stdin"])) as { secrets: object }).secrets;
  expect(secrets(shop)).toEqual({ alertTopic: `arn:aws:sns:eu-west-3:${accountId}:webstack-aws-alarms` });
  const unheard = await graphOf(exampleSpec("bitcoin-aws", { monitoring: {} }));
  expect([secrets(unheard), unheard.nodes.some(({ name }) => name === "host-alerts")]).toEqual([{}, false]);
});

test("every * that a policy grants is explained beside the code, and every explanation is used", () => {
  const texts = all()
    .flatMap((graph) => graph.nodes.flatMap(({ inputs }) => [inputs["policy"], inputs["assumeRolePolicy"]]))
    .filter((text): text is string => typeof text === "string");
  const found = texts.flatMap(wildcardsIn);
  expect(found.filter(({ explained }) => !explained)).toEqual([]);
  expect([...new Set(found.map(({ sid }) => sid))].sort()).toEqual(Object.keys(wildcards).sort());
});

test("no action of any statement that allows is a *, and what knows no resource is bound to one namespace", () => {
  for (const statement of all().flatMap(statements))
    if (statement.Effect === "Allow") expect(statement.Action.filter((action) => action.includes("*"))).toEqual([]);
  expect(statements(shop).find(({ Sid }) => Sid === "AgentMetrics")?.Condition).toEqual({
    StringEquals: { "cloudwatch:namespace": "webstack-aws" },
  });
});

test("AWS's own policies are lent to two of its services and to nobody else", () => {
  expect(
    shop
      .ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .map(({ inputs }) => [inputs["role"], String(inputs["policyArn"]).split("/").at(-1)]),
  ).toEqual([
    ["database-backup-role-1234567", "AWSBackupServiceRolePolicyForBackup"],
    ["database-backup-role-1234567", "AWSBackupServiceRolePolicyForRestores"],
    ["images-role-1234567", "AWSDataLifecycleManagerServiceRoleForAMIManagement"],
  ]);
});

test("the bucket is versioned, encrypted, closed to the public, and refuses whoever comes in clear", () => {
  // It stays when the stack goes, and so does what closes it.
  expect([shop.named("backups").options, shop.named("backups").inputs["forceDestroy"]]).toEqual([
    { protect: true, retainOnDelete: true },
    undefined,
  ]);
  const open = all().flatMap((graph) =>
    graph.nodes.filter(({ type, options }) => type.startsWith("aws:s3/") && options["retainOnDelete"] !== true),
  );
  expect(open.map(({ name }) => name)).toEqual([]);
  expect(shop.named("backups-versions").inputs["versioningConfiguration"]).toEqual({ status: "Enabled" });
  // What was deleted goes after a month, and then the marker that hid it.
  expect(shop.named("backups-lifecycle").inputs["rules"]).toEqual([
    expect.objectContaining({
      id: "deleted",
      status: "Enabled",
      noncurrentVersionExpiration: { noncurrentDays: 30 },
      expiration: { expiredObjectDeleteMarker: true },
    }),
    expect.objectContaining({ id: "dumps", status: "Enabled", filter: { prefix: "dumps/" }, expiration: { days: 7 } }),
  ]);
  expect(shop.named("backups-private").inputs).toMatchObject({
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  expect(statements(shop).filter(({ Sid }) => Sid === "RefuseUnencryptedTransport")).toEqual([
    expect.objectContaining({ Effect: "Deny", Action: ["s3:*"], Condition: { Bool: { "aws:SecureTransport": "false" } } }),
  ]);
  expect(faultsOf("repository", JSON.parse(String(shop.named("web-0-backup-repository").opened["stdin"])))).toBeNull();
  expect(shop.named("web-0-backup-repository").opened["stdin"]).toBe(
    JSON.stringify({
      AWS_DEFAULT_REGION: "eu-west-3",
      RESTIC_REPOSITORY: "s3:https://s3.eu-west-3.amazonaws.com/webstack-aws-backups-1234/host",
      RESTIC_PASSWORD: markers.backup,
    }),
  );
});

test("AWS Backup keeps the database daily for a week and monthly for a year, and restores it every week", () => {
  expect(shop.named("database-plan").inputs["rules"]).toEqual([
    expect.objectContaining({ ruleName: "daily", schedule: "cron(0 6 * * ? *)", lifecycle: { deleteAfter: 7 } }),
    expect.objectContaining({ ruleName: "monthly", schedule: "cron(0 12 1 * ? *)", lifecycle: { deleteAfter: 365 } }),
  ]);
  expect(shop.named("database-rehearsal").inputs).toMatchObject({
    name: "webstack_aws_database",
    scheduleExpression: "cron(0 18 ? * SUN *)",
  });
  expect(shop.named("database-rehearsal-selection").inputs).toMatchObject({
    protectedResourceType: "RDS",
    protectedResourceArns: [`arn:aws:rds:eu-west-3:${accountId}:db:webstack-aws-database`],
  });
  expect(shop.named("database-plan-selection").options).toEqual({ deleteBeforeReplace: "true" });
  // The engine deletes in the other order: the vault with what is in it while the role may still delete that.
  expect(shop.named("database-vault").dependencies).toEqual(["database-backup-backup", "database-backup-restores"]);
  // The provider's update changes nothing of it.
  expect(shop.named("database-rehearsal-selection").options).toEqual({
    replaceOnChanges: ["protectedResourceArns"],
    deleteBeforeReplace: "true",
  });
  // The vault goes with a stack that is set free, and with what is in it; with another one neither goes.
  expect([shop.named("database-vault").inputs["forceDestroy"], asked.named("database-vault").inputs["forceDestroy"]]).toEqual([
    false,
    true,
  ]);
});

test("images of the machine are made while it serves, as often as the description says", () => {
  expect(shop.named("images-by-age").inputs["policyDetails"]).toMatchObject({
    policyType: "IMAGE_MANAGEMENT",
    targetTags: { Name: "webstack-aws-web-0" },
    parameters: { noReboot: true },
    schedules: [{ name: "images", createRule: { cronExpression: "cron(0 4 * * ? *)" }, retainRule: { interval: 7, intervalUnit: "DAYS" } }],
  });
  expect(asked.named("images-by-age").inputs["policyDetails"]).toMatchObject({
    schedules: [{ name: "images", retainRule: { interval: 4, intervalUnit: "WEEKS" } }],
  });
  expect((shop.named("web-0").inputs["tags"] as Record<string, string>)["Name"]).toBe("webstack-aws-web-0");
  expect(imageSchedule({ every: "week", weekday: "friday", hour: 1, keep: 4 })).toBe("cron(0 1 ? * FRI *)");
});

test("Batch dumps the database once a day with the app's login of that day, over TLS", () => {
  const job = JSON.parse(String(shop.named("dump-definition").inputs["containerProperties"])) as {
    image: string;
    command: string[];
    secrets: { name: string; valueFrom: string }[];
    environment: { name: string; value: string }[];
    networkConfiguration: unknown;
  };
  expect((job as unknown as { ephemeralStorage: unknown }).ephemeralStorage).toEqual({ sizeInGiB: 40 });
  expect([10, 21, 150, 400].map(diskGiB)).toEqual([21, 21, 150, 200]);
  expect(job.image).toBe(`public.ecr.aws/docker/library/debian@${debians["debian-13"].container}`);
  expect(job.secrets.map(({ name, valueFrom }) => [name, valueFrom.split(":secret:")[1]])).toEqual([
    ["DATABASE_USER", "webstack-aws-login-1234:username::"],
    ["DATABASE_PASSWORD", "webstack-aws-login-1234:password::"],
  ]);
  expect(job.command[2]).toContain("ssl-verify-server-cert");
  expect(job.environment.find(({ name }) => name === "DUMPS")?.value).toBe("s3://webstack-aws-backups-1234/dumps");
  expect(shop.named("dump-daily").inputs).toMatchObject({ scheduleExpression: "cron(0 4 * * ? *)", scheduleExpressionTimezone: "UTC" });
  expect(grants(shop, "dump-job-rights")).toEqual([
    [["s3:PutObject", "s3:AbortMultipartUpload"], "arn:aws:s3:::webstack-aws-backups-1234/dumps/*"],
  ]);
  // A container's settings are at most 30 KiB. https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html
  expect(JSON.stringify(job).length).toBeLessThan(30 * 1024);
  expect(bitcoin.ofType("aws:batch/jobDefinition:JobDefinition")).toEqual([]);
});

test("every alarm that is promised rings the topic, and is about a resource of this stack", () => {
  const alarms = shop.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
  expect(alarms.map(({ name, inputs }) => [name, inputs["namespace"], inputs["metricName"], inputs["threshold"]])).toEqual([
    ["backup-failed", "webstack-aws", "failed_backups", 0],
    ["database-backup-failed", "AWS/Backup", "NumberOfBackupJobsFailed", 0],
    ["database-connections", "AWS/RDS", "DatabaseConnections", 48],
    ["database-cpu", "AWS/RDS", "CPUUtilization", 80],
    ["database-credits", "AWS/RDS", "CPUSurplusCreditsCharged", 0],
    ["database-memory", "AWS/RDS", "FreeableMemory", 53687091],
    ["database-storage", "AWS/RDS", "FreeStorageSpace", 3221225472],
    ["host-cpu", "AWS/EC2", "CPUUtilization", 80],
    ["host-credits", "AWS/EC2", "CPUSurplusCreditsCharged", 0],
    ["host-disk", "webstack-aws", "disk_used_percent", 80],
    ["host-memory", "webstack-aws", "mem_used_percent", 90],
    ["host-status", "AWS/EC2", "StatusCheckFailed", 0],
    ["site-down", "AWS/Route53", "HealthCheckStatus", 1],
  ]);
  for (const { name, inputs } of alarms) {
    const topic =
      name === "site-down"
        ? `arn:aws:sns:us-east-1:${accountId}:webstack-aws-alarms-site`
        : `arn:aws:sns:eu-west-3:${accountId}:webstack-aws-alarms`;
    expect([name, inputs["alarmActions"], inputs["okActions"]]).toEqual([name, [topic], [topic]]);
  }
  // An up leaves a machine that is broken as it is.
  expect(alarms.filter(({ inputs }) => String(inputs["alarmDescription"]).includes("npm run up"))).toEqual([]);
  // What Route 53 measures is in one region alone, so the alarm and who hears of it are there.
  expect(shop.named("site-down").inputs["region"]).toBe("us-east-1");
  expect(
    shop
      .ofType("aws:sns/topicSubscription:TopicSubscription")
      .map(({ inputs }) => [inputs["region"], inputs["protocol"], inputs["endpoint"]]),
  ).toEqual([
    ["eu-west-3", "email", "ops@ocpizza.fr"],
    ["us-east-1", "email", "ops@ocpizza.fr"],
  ]);
  expect(shop.named("site-check").inputs).toMatchObject({
    type: "HTTPS",
    fqdn: "www.ocpizza.fr",
    port: 443,
    resourcePath: "/.webstack/health/web",
    requestInterval: 30,
    failureThreshold: 3,
  });
  // A host of before answers there only once it has what this version tells it.
  expect(shop.named("site-check").dependencies).toContain("site-pointer");
});

test("a failed dump and a failed restore are told to those who hear alarms", () => {
  const pattern = (name: string) => JSON.parse(String(shop.named(name).inputs["eventPattern"])) as unknown;
  expect(pattern("failed-restore")).toEqual({
    source: ["aws.backup"],
    "detail-type": ["Restore Job State Change"],
    detail: {
      resourceType: ["RDS"],
      status: ["FAILED", "ABORTED"],
      iamRoleArn: [`arn:aws:iam::${accountId}:role/database-backup-role`, { exists: false }],
    },
  });
  expect(pattern("failed-dump")).toMatchObject({ source: ["aws.batch"], detail: { status: ["FAILED"] } });
  for (const { inputs } of shop.ofType("aws:cloudwatch/eventTarget:EventTarget"))
    expect(inputs["arn"]).toBe(`arn:aws:sns:eu-west-3:${accountId}:webstack-aws-alarms`);
  expect(bitcoin.ofType("aws:cloudwatch/eventRule:EventRule").map(({ name }) => name)).toEqual(["failed-restore"]);
  // EventBridge is let in without a condition, which it does not meet; CloudWatch for this account alone.
  const { Statement: told } = JSON.parse(String(shop.named("alarms-policy").inputs["policy"])) as {
    Statement: readonly { Principal: { Service: string }; Condition?: object }[];
  };
  expect(told.map(({ Principal, Condition }) => [Principal.Service, Condition])).toEqual([
    ["cloudwatch.amazonaws.com", { StringEquals: { "aws:SourceAccount": accountId } }],
    ["events.amazonaws.com", undefined],
  ]);
});

test("an image is asked for only where a machine is to be made, so that one which Debian withdrew stops no release", async () => {
  const trigger = String(bitcoin.named("web-0-card").options["replacementTrigger"]);
  const served = (generation: string) =>
    graphOf(exampleSpec("bitcoin-aws", { host: { region: "eu-central-1", size: "t3.small", cpuCredits: "standard" } }), undefined, {
      hosts: [{ name: "web-0", generation, image: "ami-0f0f" }],
    });
  const same = await served(trigger);
  expect([
    same.calls.filter(({ token }) => token.endsWith("getAmi")),
    same.named("web-0").inputs["ami"],
    same.named("web-0").inputs["creditSpecification"],
  ]).toEqual([[], "ami-0f0f", { cpuCredits: "standard" }]);
  const other = await served("00000000");
  expect([
    other.calls.filter(({ token }) => token.endsWith("getAmi")).length,
    other.named("web-0").inputs["ami"],
    other.named("web-0").inputs["creditSpecification"],
  ]).toEqual([1, "ami-0123456789abcdef0", { cpuCredits: "unlimited" }]);
});

test("an image that was made of a host replaces the machine as another build of Debian does, and nobody is asked for it", async () => {
  const restored = await graphOf(
    exampleSpec("bitcoin-aws", { host: { region: "eu-central-1", size: "t3.small", image: "ami-0fedcba9876543210", debian: "debian-13" } }),
  );
  expect([restored.calls.filter(({ token }) => token.endsWith("getAmi")), restored.named("web-0").inputs["ami"]]).toEqual([
    [],
    "ami-0fedcba9876543210",
  ]);
  const triggers = [restored, bitcoin].map((graph) => graph.named("web-0-card").options["replacementTrigger"]);
  expect(triggers[0]).not.toBe(triggers[1]);
});

test("on Debian 12 the machine, the job that dumps and the host's packages are of that release", async () => {
  const { region, size } = exampleSpec("aws").host;
  const graph = await graphOf(exampleSpec("aws", { host: { region, size, image: "debian-12" } }));
  expect(graph.calls.filter(({ token }) => token.endsWith("getAmi")).map(({ inputs }) => inputs["filters"])).toEqual([
    [{ name: "name", values: [`debian-12-amd64-${debians["debian-12"].ec2Build}`] }],
  ]);
  expect(JSON.parse(String(graph.named("dump-definition").inputs["containerProperties"]))).toMatchObject({
    image: `public.ecr.aws/docker/library/debian@${debians["debian-12"].container}`,
  });
  expect([shop, graph].map((one) => String(one.named("web-0").opened["userData"]).includes("50-keys-only.conf"))).toEqual([true, false]);
});

test("a new host's image is younger than half a year: take a newer one of Debian's list into ec2Build", () => {
  for (const { ec2Build } of Object.values(debians)) {
    const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)-\d+$/.exec(ec2Build) ?? [];
    const days = (Date.now() - Date.parse(`${year}-${month}-${day}T00:00:00Z`)) / 86_400_000;
    expect([ec2Build, days > 0 && days < 183]).toEqual([ec2Build, true]);
  }
  // Whoever looks for that line is led to it.
  const [, file = ""] = /^Debian's build stands in `([^`]+)`/m.exec(readFileSync(join(__dirname, "../../docs/aws.md"), "utf8")) ?? [];
  expect(readFileSync(join(__dirname, "../..", file), "utf8")).toMatch(/^ +ec2Build: "/m);
});

test("a burstable machine has what its first deployment takes, and no alarm of its credits rings at a birth", async () => {
  expect(shop.named("web-0").inputs["creditSpecification"]).toEqual({ cpuCredits: "unlimited" });
  // Until an up has ended with this very machine in service, whatever is asked for.
  expect([creditsOf("standard", false), creditsOf("standard", true), creditsOf("unlimited", true)]).toEqual([
    "unlimited",
    "standard",
    "unlimited",
  ]);
  const alarm = (size: string) => {
    const plan = planStack(onAws({ host: { size, cpuCredits: "standard" } }));
    return alarmsOf(plan, namesOf("webstack-test"), instances[size], undefined).find(({ name }) => name === "host-credits");
  };
  // 20 credits at 24 an hour are there after 50 minutes, at 12 after 100; and an hour for the deployment's own.
  expect([alarm("t3.small"), alarm("t4g.micro")]).toMatchObject([
    { metricName: "CPUCreditBalance", threshold: 20, evaluationPeriods: 22 },
    { evaluationPeriods: 32 },
  ]);
  expect(alarm("t3.small")?.period).toBe(300);
  expect(problems({ host: { size: "m6i.large", cpuCredits: "standard" } })).toEqual([
    'host.cpuCredits: must be left out for a size that is not burstable, which has no credits, got "standard"',
  ]);
});

test("the bill counts as many alarms as there are", () => {
  for (const stack of ["aws", "bitcoin-aws"]) {
    const spec = exampleSpec(stack);
    const [host, database] = [instances[spec.host.size], spec.database.kind !== "managed" ? undefined : databases[spec.database.size]];
    expect(awsAlarms(host, database ?? null, spec.backup.enabled)).toBe(alarmsOf(planStack(spec), namesOf("x"), host, database).length);
  }
});

test("every log group ends what it keeps, and RDS's are there before the database", () => {
  for (const graph of all())
    for (const { inputs } of graph.ofType("aws:cloudwatch/logGroup:LogGroup")) expect([30, 90]).toContain(inputs["retentionInDays"]);
  expect(shop.named("database-error-logs").inputs["name"]).toBe("/aws/rds/instance/webstack-aws-database/error");
  expect(shop.named("database").dependencies).toContain("database-error-logs");
});

test("the dashboard shows the site, the machine and the database without gaps or overlaps", () => {
  const { widgets } = JSON.parse(String(shop.named("dashboard").inputs["dashboardBody"])) as {
    widgets: { x: number; y: number; width: number; height: number; properties: { region: string; metrics: string[][] } }[];
  };
  expect(widgets.map(({ x, y }) => `${x},${y}`)).toEqual(["0,0", "12,0", "0,6", "12,6", "0,12", "12,12", "0,18", "12,18", "0,24"]);
  expect(widgets[0]?.properties).toMatchObject({
    region: "us-east-1",
    metrics: [["AWS/Route53", "HealthCheckStatus", "HealthCheckId", "site-check-id"]],
  });
});

test("records wait for a host that serves, take over those of before where that is asked for, and the certificate is ordered after them", async () => {
  for (const { dependencies, inputs } of shop.ofType("aws:route53/record:Record"))
    expect([dependencies.includes("site-pointer"), inputs["allowOverwrite"]]).toEqual([true, undefined]);
  expect(shop.named("web-0-handover-rest").dependencies).toEqual(expect.arrayContaining(["www.ocpizza.fr-a", "ocpizza.fr-a"]));
  const moving = exampleSpec("aws");
  const graph = await graphOf({ ...moving, site: { ...moving.site, existingRecords: "replace", caa: "all" } });
  expect(graph.ofType("aws:route53/record:Record").map(({ name, inputs }) => [name, inputs["allowOverwrite"]])).toEqual([
    ["ocpizza.fr-a", true],
    ["ocpizza.fr-caa", undefined],
    ["www.ocpizza.fr-a", true],
    ["www.ocpizza.fr-caa", undefined],
  ]);
});

test("a budget warns at 80 and 100 % of what was spent, and at 100 % of what is foreseen", () => {
  const { inputs } = shop.named("budget");
  expect(inputs).toMatchObject({ limitAmount: "60", limitUnit: "USD", timeUnit: "MONTHLY", budgetType: "COST" });
  expect(
    (inputs["notifications"] as Record<string, unknown>[]).map(({ threshold, notificationType }) => [threshold, notificationType]),
  ).toEqual([
    [80, "ACTUAL"],
    [100, "ACTUAL"],
    [100, "FORECASTED"],
  ]);
  expect(bitcoin.ofType("aws:budgets/budget:Budget")).toEqual([]);
});

test("the zone gets the site's names, and who may sign for them", () => {
  expect(shop.ofType("aws:route53/record:Record").map(({ inputs }) => [inputs["name"], inputs["type"], inputs["records"]])).toEqual([
    ["ocpizza.fr", "A", ["192.0.2.1"]],
    ["www.ocpizza.fr", "A", ["192.0.2.1"]],
    ["www.ocpizza.fr", "CAA", ['0 issue "letsencrypt.org"']],
  ]);
  expect(bitcoin.ofType("aws:route53/record:Record")).toEqual([]);
});

test("a stack without a database declares none of what is about one", async () => {
  const graph = await graphOf(onAws({ database: { kind: "none" } }));
  expect(graph.nodes.map(({ type }) => type).filter((type) => /rds|secretsmanager|batch|backup\/|s3/.test(type))).toEqual([]);
  expect(graph.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name)).toEqual([
    "host-cpu",
    "host-credits",
    "host-disk",
    "host-memory",
    "host-status",
    "site-down",
  ]);
});

const problems = (more: Raw) => check(planStack(onAws(more))).map(({ at, must, got }) => `${at}: ${must}, got ${JSON.stringify(got)}`);

test("what both stack files ask for can be had", () => {
  expect(check(planStack(exampleSpec("aws")))).toEqual([]);
  expect(check(planStack(exampleSpec("bitcoin-aws")))).toEqual([]);
});

test("what AWS cannot do is a problem with its path, its bounds and what was got", () => {
  expect(problems({ network: { range: "10.20.0.0/27" } })).toEqual([
    'network.range: must be /16 to /26 when target is aws, since it is cut into four subnets, got "10.20.0.0/27"',
  ]);
  expect(problems({ host: { region: "mars-1" } })).toEqual([
    `host.region: must be one of ${Object.keys(regions).join(", ")} when target is aws, got "mars-1"`,
  ]);
  expect(problems({ host: { size: "m1.small", cpus: 1, memoryMiB: 2048 } })).toEqual([
    `host.size: must be one of ${Object.keys(instances).join(", ")} when target is aws, got "m1.small"`,
  ]);
  expect(problems({ database: { size: "db.t2.micro", memoryMiB: 1024 } })).toEqual([
    `database.size: must be one of ${Object.keys(databases).join(", ")} when target is aws, got "db.t2.micro"`,
  ]);
  expect(problems({ host: { image: "debian-11" } })).toEqual([
    "host.image: must be one of debian-12, debian-13 when target is aws, or an image that was made of a host of this stack, such " +
      'as "ami-0123456789abcdef0", got "debian-11"',
  ]);
  expect(problems({ host: { image: "debian-13" } })).toEqual([]);
  expect(problems({ host: { image: "ami-0fedcba9876543210", debian: "debian-13" } })).toEqual([]);
  expect(problems({ site: {} })).toEqual(['site.domain: must be set when target is aws, got ""']);
  expect(problems({ database: { storageGiB: 10 } })).toEqual(["database.storageGiB: must be at least 20 when target is aws, got 10"]);
  expect(problems({ database: { storageGiB: 100, storageLimitGiB: 105 } })).toEqual([
    "database.storageLimitGiB: must be storageGiB, 100, or at least a tenth more, 110, when target is aws, got 105",
  ]);
  for (const user of ["admin", "rdstopmgr", "rds_iam", "rds_superuser", "webstack_admin"]) {
    expect(problems({ database: { user } })).toEqual([
      `database.user: must not be a name that RDS or this project keeps for itself, got "${user}"`,
    ]);
  }
  expect(problems({ database: { user: "rdsapp" } })).toEqual([]);
  expect(problems({ monitoring: { budget: 40 } })).toEqual([
    "monitoring.emails: must name a receiver when there is a monitoring.budget, got []",
  ]);
  expect(problems({ backup: { enabled: false, batch: {} } })).toEqual([
    'backup.batch: must be left out where backup.enabled is false, since both use one bucket, got {"hour":5,"keepDays":7}',
  ]);
  expect(problems({ database: { kind: "none" }, backup: { batch: {} } })).toEqual([
    'backup.batch: must be left out where there is no database of RDS, got {"hour":5,"keepDays":7}',
  ]);
  expect(problems({ database: { storageGiB: 100, storageLimitGiB: 201 }, backup: { batch: {} } })).toEqual([
    "backup.batch: must be left out where database.storageLimitGiB is over 200, which is all the disk that a job gets, got " +
      '{"hour":5,"keepDays":7}',
  ]);
});

test("names of a long stack end where each service ends them, and no cut leaves two hyphens", async () => {
  const graph = await graphOf({ ...exampleSpec("aws"), stack: `${"s".repeat(34)}-${"t".repeat(40)}` });
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html and the pages beside it, and what infra/plan/names.ts names
  const longest = {
    "database-vault": 50,
    "database-plan": 50,
    "database-rehearsal": 50,
    "dump-daily": 64,
    alarms: 256,
    "host-cpu": 255,
    budget: 100,
  };
  for (const { type, inputs } of graph.nodes)
    expect(() => {
      checkName(type, inputs);
    }).not.toThrow();
  for (const [name, most] of Object.entries(longest))
    expect([name, String(graph.named(name).inputs["name"]).length <= most]).toEqual([name, true]);
  expect(graph.named("database-vault").inputs["name"]).toMatch(/^webstack-s{34}-[0-9a-f]{5}$/);
  expect(graph.named("database").inputs["identifier"]).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(check(planStack({ ...exampleSpec("aws"), stack: "shop--2" })).map(problemLine)).toEqual([
    'stack: must be named in lower-case letters and digits, with single "-" between them, when target is aws, got "shop--2"; npm ' +
      "run pulumi -- shop--2 stack rename NAME",
  ]);
});

test("what down leaves of the stack with the longest name, and what AWS keeps by itself, can be restored from", async () => {
  const graph = await graphOf({ ...restored({ from: first, at: "" }), stack: "s".repeat(100) });
  const [{ inputs }] = graph.ofType("aws:rds/instance:Instance") as [GraphNode];
  const final = String(inputs["finalSnapshotIdentifier"]);
  expect([String(inputs["identifier"]).length, final.length]).toEqual([63, 78]);
  for (const from of [final, "rds:webstack-aws-database-2026-11-26-04-10", "awsbackup:job-0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"]) {
    expect(onAws({ database: { restore: { from } } }).database).toMatchObject({ restore: { from, at: "" } });
  }
});

test("a version of the database is refused from the day after RDS's support of it, with that day and what is offered", () => {
  const onDay = (version: string, engine: string, day: string) =>
    check(planStack(onAws({ database: { engine, version }, backup: { enabled: false } })), { day }).map(problemLine);
  expect(onDay("8.0", "mysql", "2026-07-31")).toEqual([]);
  expect(onDay("8.0", "mysql", "2026-08-01")).toEqual([
    'database.version: must be "8.4" for mysql on aws: RDS\'s support of 8.0 ended on 2026-07-31, and it makes no such database ' +
      'any more, got "8.0"; RDS has upgraded a database that is there, or will: write what it has now, or the version to which this ' +
      "up is to upgrade it",
  ]);
  expect(onDay("14", "postgres", "2027-03-01")[0]).toContain(
    'must be "15" or "16" or "17" for postgres on aws: RDS\'s support of 14 ended on 2027-02-28',
  );
});

test("a restore says that a copy of a version out of support comes up higher, and how to upgrade its snapshot where RDS refuses it", () => {
  const managed = (more: object) => onAws({ database: { engine: "mysql", ...more } }).database as Parameters<typeof restoreNotice>[0];
  expect(restoreNotice(managed({ restore: { from: "before-the-sale" } }), "2026-11-26")).toBe(
    "database.restore: a copy of mysql 8.0, whose support ended on 2026-07-31, comes up in a higher version, which " +
      "database.version must name. If before-the-sale is that old, RDS may refuse the copy, since its parameters are of 8.4; " +
      "upgrade it first: aws rds modify-db-snapshot --db-snapshot-identifier before-the-sale --engine-version 8.4.NUMBER",
  );
  expect(restoreNotice(managed({ restore: { from: "shop-old", at: "2026-11-20T03:00:00Z" } }), "2026-11-26")).toContain(
    "upgrade a snapshot of it, to be named without at, first: aws rds modify-db-snapshot --db-snapshot-identifier NAME",
  );
  expect([restoreNotice(managed({ restore: { from: "shop-old" } }), "2026-07-31"), restoreNotice(managed({}), "2026-11-26")]).toEqual([
    null,
    null,
  ]);
});

test("an up says so while it makes the copy, and not again", async () => {
  const info = jest.spyOn(pulumi.log, "info").mockResolvedValue();
  const said = () => info.mock.calls.map(([text]) => text).filter((text) => text.startsWith("database.restore: "));
  const restore = { from: "before-the-sale", at: "" };
  await graphOf(restored(restore), "00112233aabbccdd", { database: { instance: first } });
  expect(said()).toEqual([expect.stringContaining("a copy of mysql 8.0, whose support ended on 2026-07-31, comes up in a higher version")]);
  info.mockClear();
  await graphOf(restored(restore), "00112233aabbccdd", {
    database: { instance: databaseName("webstack", "aws", restore), leaving: [first] },
  });
  expect(said()).toEqual([]);
  info.mockRestore();
});

test("the catalog's prices are hours of a month, and a class lets in what its memory gives", () => {
  expect(instances["t3.small"]).toEqual({ cpus: 2, memoryMiB: 2048, architecture: "amd64", burstable: true, creditsPerHour: 24 });
  expect(["us-east-1", "eu-central-1"].map((region) => monthlyPrice(region, "t3.small"))).toEqual([15.18, 17.52]);
  expect(databases["db.t4g.micro"]).toEqual({
    cpus: 2,
    memoryMiB: 1024,
    connections: { postgres: 80, mysql: 60 },
    burstable: true,
    insights: ["postgres"],
  });
  expect(monthlyPrice("us-east-1", "postgres db.t4g.micro", "db.t4g.micro")).toBe(11.68);
  expect(extras.publicAddress).toBe(3.65);
});
