/**
 * Limit: moto keeps what it is told, and looks closely at few things. What stands here is that AWS's SDK takes each call, that what the
 * calls refer to is there, and that what matters has arrived. Docs: "What was checked without AWS" in docs/aws.md.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planStack } from "../../infra/plan";
import { deployerPolicies } from "../../infra/targets/aws/deployer";
import { startMoto, type Moto } from "../../tools/moto";
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "../targets/aws";
import type { Graph, GraphNode } from "../targets/graph";
import { replay, type Replayed } from "./replay";

let moto: Moto;
let graphs: readonly Graph[];
let shop: Replayed;
let bitcoin: Replayed;

beforeAll(async () => {
  // So that AWS's own policies are there to be lent.
  moto = await startMoto("127.0.0.1", { MOTO_IAM_LOAD_MANAGED_POLICIES: "true" });
  graphs = [await graphOf(exampleSpec("aws")), await graphOf(exampleSpec("bitcoin-aws"))];
  shop = await replay(moto, graphs[0] as Graph, "eu-west-3");
  bitcoin = await replay(moto, graphs[1] as Graph, "eu-central-1");
}, 300_000);

afterAll(() => moto.stop());

/** "backup/selection:Selection" of "aws:backup/selection:Selection". */
const short = (types: readonly string[]) => types.map((type) => type.replace("aws:", ""));

test("every type that the examples ask for is made at moto, but for those that docs/aws.md names", () => {
  expect([shop.unknown, bitcoin.unknown]).toEqual([[], []]);
  const asked = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ type }) => type)).filter((type) => type.startsWith("aws:")));
  const made = new Set([...shop.made, ...bitcoin.made]);
  const left = short([...asked].filter((type) => !made.has(type)).sort());
  const documented = readFileSync(join(__dirname, "../../docs/aws.md"), "utf8")
    .split("\n")
    .flatMap((line) => /^\| `([a-z0-9]+\/\w+:\w+)` \|/.exec(line)?.[1] ?? []);
  expect(documented).toEqual(left);
  expect(left).toEqual(short(shop.modelled));
});

test("what a security group lets in is what the plan opens, and the groups of other roles are known by their identity", () => {
  const groups = shop.found["groups"] as {
    GroupId: string;
    GroupName: string;
    IpPermissions: {
      FromPort: number;
      ToPort: number;
      IpRanges: { CidrIp: string }[];
      Ipv6Ranges: { CidrIpv6: string }[];
      UserIdGroupPairs: { GroupId: string }[];
    }[];
  }[];
  const of = (role: string) => groups.find(({ GroupName }) => GroupName.startsWith(`${role}-firewall`));
  const open = (role: string) =>
    of(role)
      ?.IpPermissions.flatMap(({ FromPort, ToPort, IpRanges, Ipv6Ranges, UserIdGroupPairs }) =>
        [
          ...IpRanges.map(({ CidrIp }) => CidrIp),
          ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6),
          ...UserIdGroupPairs.map(({ GroupId }) => GroupId),
        ].map((from) => `${FromPort}-${ToPort} ${from}`),
      )
      .sort();
  expect(open("web")).toEqual(["22-22 203.0.113.0/24", "443-443 0.0.0.0/0", "443-443 ::/0", "80-80 0.0.0.0/0", "80-80 ::/0"]);
  expect(open("database")).toEqual([of("dump"), of("web")].map((group) => `3306-3306 ${group?.GroupId ?? ""}`).sort());
  expect(open("dump")).toEqual([]);
});

test("the machine is launched with IMDSv2 on one hop, an encrypted disk, its role and its network interface", () => {
  const [machine] = shop.found["machines"];
  expect(shop.found["machines"]).toHaveLength(1);
  expect(machine).toMatchObject({
    InstanceType: "t3.small",
    EbsOptimized: true,
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1, HttpEndpoint: "enabled" },
    IamInstanceProfile: { Arn: expect.stringContaining(":instance-profile/host-profile-") },
    NetworkInterfaces: [
      {
        Attachment: { DeleteOnTermination: false, DeviceIndex: 0 },
        Groups: [{ GroupName: expect.stringMatching(/^web-firewall-/) }],
        PrivateIpAddresses: [{ Primary: true }, { Primary: false }],
      },
    ],
  });
  expect(shop.found["volumes"]).toEqual([expect.objectContaining({ Encrypted: true, VolumeType: "gp3", Size: 20 })]);
});

test("both public addresses are on the machine's network interface", () => {
  const [machine] = shop.found["machines"];
  const card = machine.NetworkInterfaces[0].NetworkInterfaceId as string;
  expect((shop.found["addresses"] as { NetworkInterfaceId: string }[]).map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual([
    card,
    card,
  ]);
});

test("the database is private, encrypted, protected, in the private subnets of two zones, and its master's password is RDS's", () => {
  expect(shop.found["databases"]).toEqual([
    expect.objectContaining({
      Engine: "mysql",
      DBName: "ocpizza",
      PubliclyAccessible: false,
      StorageEncrypted: true,
      DeletionProtection: true,
      BackupRetentionPeriod: 7,
      AllocatedStorage: 20,
      MaxAllocatedStorage: 40,
      CopyTagsToSnapshot: true,
      CACertificateIdentifier: "rds-ca-rsa2048-g1",
      MasterUserSecret: expect.objectContaining({ SecretArn: expect.stringContaining(":secret:rds!db-") }),
      DBSubnetGroup: expect.objectContaining({
        Subnets: [
          expect.objectContaining({ SubnetAvailabilityZone: { Name: "eu-west-3a" } }),
          expect.objectContaining({ SubnetAvailabilityZone: { Name: "eu-west-3b" } }),
        ],
      }),
    }),
  ]);
  expect(Object.values(shop.found["parameters"])).toEqual([
    expect.arrayContaining([
      expect.objectContaining({ ParameterName: "require_secure_transport", ParameterValue: "1" }),
      expect.objectContaining({ ParameterName: "log_bin_trust_function_creators", ParameterValue: "1" }),
    ]),
  ]);
  expect(Object.values(bitcoin.found["parameters"])).toEqual([
    expect.arrayContaining([expect.objectContaining({ ParameterName: "rds.force_ssl", ParameterValue: "1" })]),
  ]);
});

test("no route leads from the private subnets to the Internet", () => {
  const tables = shop.found["tables"] as { Associations: { SubnetId?: string }[]; Routes: { DestinationCidrBlock?: string }[] }[];
  const [database] = shop.found["databases"];
  const own = (database.DBSubnetGroup.Subnets as { SubnetIdentifier: string }[]).map(({ SubnetIdentifier }) => SubnetIdentifier);
  const used = tables.filter(({ Associations }) => Associations.some(({ SubnetId }) => SubnetId !== undefined && own.includes(SubnetId)));
  expect(used).toHaveLength(1);
  expect(used.flatMap(({ Routes }) => Routes.map(({ DestinationCidrBlock }) => DestinationCidrBlock))).not.toContain("0.0.0.0/0");
});

test("the bucket is closed, versioned, encrypted, turns away whoever comes in clear, and forgets old versions", () => {
  expect(shop.found["buckets"]["backups"]).toMatchObject({
    versioning: "Enabled",
    encryption: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: true }],
    block: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    ownership: [{ ObjectOwnership: "BucketOwnerEnforced" }],
    policy: { Statement: [{ Effect: "Deny", Principal: "*", Action: ["s3:*"], Condition: { Bool: { "aws:SecureTransport": "false" } } }] },
    lifecycle: [
      { ID: "deleted", NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
      { ID: "dumps", Filter: { Prefix: "dumps/" }, Expiration: { Days: 7 } },
    ],
  });
});

test("each role is lent to its service alone, and AWS's own policies that two of them get are there", () => {
  const roles = shop.found["roles"] as Record<
    string,
    { trusted: { Statement: { Principal: { Service: string } }[] }; own: string[]; lent: string[] }
  >;
  const told = Object.entries(roles)
    .filter(([name]) => name !== "AWSServiceRoleForBatch")
    .map(([name, { trusted, own, lent }]) => [
      name.replace(/-1234567$/, ""),
      trusted.Statement.map(({ Principal }) => Principal.Service).join(),
      [...own, ...lent.map((arn) => arn.split("/").at(-1))].sort().join(" "),
    ]);
  expect(told.sort()).toEqual([
    ["database-backup-role", "backup.amazonaws.com", "AWSBackupServiceRolePolicyForBackup AWSBackupServiceRolePolicyForRestores"],
    ["dump-job-role", "ecs-tasks.amazonaws.com", "dump-job-rights"],
    ["dump-schedule-role", "scheduler.amazonaws.com", "dump-schedule-rights"],
    ["dump-start-role", "ecs-tasks.amazonaws.com", "dump-start-rights"],
    ["host-role", "ec2.amazonaws.com", "host-alerts host-backups host-login host-reports"],
    ["images-role", "dlm.amazonaws.com", "AWSDataLifecycleManagerServiceRoleForAMIManagement"],
  ]);
});

test("every alarm rings at a topic of its region that CloudWatch may write to, and somebody hears it", () => {
  const topics = shop.found["topics"] as Record<
    string,
    { TopicArn: string; Policy: string; subscriptions: { Protocol: string; Endpoint: string }[] }[]
  >;
  const alarms = shop.found["alarms"] as Record<
    string,
    { AlarmName: string; AlarmActions: string[]; OKActions: string[]; Dimensions: { Name: string; Value: string }[] }[]
  >;
  expect(Object.entries(alarms).map(([region, rows]) => [region, rows.length])).toEqual([
    ["eu-west-3", 12],
    ["us-east-1", 1],
  ]);
  for (const [region, rows] of Object.entries(alarms)) {
    expect(topics[region]).toHaveLength(1);
    const [topic] = topics[region] ?? [];
    for (const { AlarmActions, OKActions } of rows) expect([AlarmActions, OKActions]).toEqual([[topic?.TopicArn], [topic?.TopicArn]]);
    expect(topic?.Policy).toContain("cloudwatch.amazonaws.com");
    expect(topic?.subscriptions.map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual([["email", "ops@ocpizza.fr"]]);
  }
  const [machine] = shop.found["machines"];
  expect(alarms["eu-west-3"]?.find(({ AlarmName }) => AlarmName === "webstack-aws-host-memory")?.Dimensions).toEqual([
    { Name: "InstanceId", Value: machine.InstanceId },
  ]);
  expect(alarms["us-east-1"]?.[0]?.Dimensions).toEqual([{ Name: "HealthCheckId", Value: shop.found["checks"][0].Id }]);
});

test("logs end, failed backups are counted, a failed dump is told, and the month's budget warns at 80 and 100 %", () => {
  expect(
    (shop.found["logs"] as { logGroupName: string; retentionInDays: number }[]).map(({ logGroupName, retentionInDays }) => [
      logGroupName,
      retentionInDays,
    ]),
  ).toEqual([
    ["/aws/rds/instance/webstack-aws-database/error", 30],
    ["/webstack-aws/dumps", 30],
    ["/webstack-aws/host", 90],
  ]);
  expect(shop.found["filters"]).toEqual([
    expect.objectContaining({
      logGroupName: "/webstack-aws/host",
      metricTransformations: [expect.objectContaining({ metricNamespace: "webstack-aws", metricName: "failed_backups" })],
    }),
  ]);
  const targets = Object.values(shop.found["targets"] as Record<string, { Id: string }[]>).flat();
  expect(targets.sort((one, other) => one.Id.localeCompare(other.Id))).toEqual(
    ["dump", "restore"].map((what) => ({ Id: `failed-${what}-told`, Arn: expect.stringMatching(/:webstack-aws-alarms$/) as unknown })),
  );
  const [budget] = shop.found["budgets"];
  expect(budget).toMatchObject({ BudgetLimit: { Amount: "60", Unit: "USD" }, TimeUnit: "MONTHLY" });
  expect(
    (budget.notifications as { NotificationType: string; Threshold: number }[]).map(({ NotificationType, Threshold }) => [
      NotificationType,
      Threshold,
    ]),
  ).toEqual([
    ["ACTUAL", 80],
    ["ACTUAL", 100],
    ["FORECASTED", 100],
  ]);
});

test("AWS Backup keeps a day for a week and a month for a year", () => {
  const [plan] = shop.found["plans"];
  expect(
    (plan.Rules as { RuleName: string; Lifecycle: { DeleteAfterDays: number } }[]).map(({ RuleName, Lifecycle }) => [
      RuleName,
      Lifecycle.DeleteAfterDays,
    ]),
  ).toEqual([
    ["daily", 7],
    ["monthly", 365],
  ]);
});

test("the dump is scheduled into a queue on Fargate, and its login comes from Secrets Manager", () => {
  const [definition] = shop.found["definitions"];
  const [schedule] = shop.found["schedules"];
  expect([definition.platformCapabilities, definition.containerProperties.ephemeralStorage]).toEqual([["FARGATE"], { sizeInGiB: 40 }]);
  expect((definition.containerProperties.secrets as { name: string }[]).map(({ name }) => name)).toEqual([
    "DATABASE_USER",
    "DATABASE_PASSWORD",
  ]);
  expect(JSON.parse(schedule.Target.Input as string)).toEqual({
    JobName: "webstack-aws-dump",
    JobQueue: shop.found["queues"][0].jobQueueArn,
    JobDefinition: definition.jobDefinitionArn,
  });
  expect(shop.found["environments"]).toEqual([
    expect.objectContaining({ computeResources: expect.objectContaining({ type: "FARGATE", maxvCpus: 1 }) }),
  ]);
});

/** Rights whose names are other ones than those of their calls. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const rights: Readonly<Record<string, string>> = {
  "budgets:CreateBudget": "budgets:ModifyBudget",
  "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
  "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
};

test("every call that makes OC Pizza is a right of the role that deploys it", () => {
  const granted = Object.values(deployerPolicies(planStack(exampleSpec("aws")))).flatMap((text) =>
    (JSON.parse(text) as { Statement: { Action: string[] }[] }).Statement.flatMap(({ Action }) => Action),
  );
  const isGranted = (right: string) => granted.some((one) => (one.endsWith("*") ? right.startsWith(one.slice(0, -1)) : right === one));
  expect(shop.calls.length).toBeGreaterThan(50);
  expect(shop.calls.map((call) => rights[call] ?? call).filter((right) => !isGranted(right))).toEqual([]);
});

test("AWS takes every name of a stack whose own name is as long as can be, and of one that is cut at a hyphen", async () => {
  const graph = await graphOf({ ...exampleSpec("aws"), stack: `${"s".repeat(34)}-${"t".repeat(60)}` });
  const { found, unknown } = await replay(moto, graph, "eu-west-3");
  expect(unknown).toEqual([]);
  const mine = (found["plans"] as { BackupPlanName: string }[])
    .map(({ BackupPlanName }) => BackupPlanName)
    .filter((name) => name.includes("sss"));
  expect(mine).toEqual([expect.stringMatching(/^webstack-s{34}-[0-9a-f]{5}$/)]);
}, 120_000);

/** The graph of the shop with inputs of one resource changed. */
const changed = (name: string, inputs: Readonly<Record<string, unknown>>): Pick<Graph, "nodes"> => ({
  nodes: (graphs[0] as Graph).nodes.map((node): GraphNode =>
    node.name === name ? { ...node, opened: { ...node.opened, ...inputs } } : node,
  ),
});

test.each([
  ["a subnet that is nowhere", "web-0-card", { subnetId: "subnet-00000000" }, "InvalidSubnetID.NotFound"],
  [
    "a policy of AWS that there is none of",
    "database-backup-backup",
    { policyArn: "arn:aws:iam::aws:policy/service-role/AWSBackupEverything" },
    "NoSuchEntity",
  ],
  ["an input of another kind", "database", { allocatedStorage: "many" }, "Invalid type for parameter AllocatedStorage"],
  ["a choice that AWS does not give", "images-by-age", { state: "ON" }, "CreateLifecyclePolicy.State: 'ON' is none of ENABLED, DISABLED"],
  [
    "a database of a version that RDS supports no more",
    "database",
    { engineVersion: "8.0" },
    "mysql 8.0 is past its end of standard support, 2026-07-31",
  ],
  ["a schedule whose name is too long", "dump-daily", { name: "n".repeat(65) }, "is longer than 64"],
  ["a policy that is no JSON", "host-backups", { policy: "{" }, "MalformedPolicyDocument"],
])(
  "%s is refused",
  async (_says, name, inputs, refusal) => {
    await expect(replay(moto, changed(name, inputs), "eu-west-3")).rejects.toThrow(refusal);
  },
  120_000,
);
