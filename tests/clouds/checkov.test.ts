/** Limit: rules see what is asked for by name and value; what a cloud makes of it, they do not. */
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "../targets/aws";
import { graphOf as graphOnDigitalOcean } from "../targets/digitalocean";
import type { Graph, GraphNode } from "../targets/graph";
import { reasoned, reasons, runCheckov } from "./checkov";

let shop: Graph;
const found = new Map<string, Awaited<ReturnType<typeof runCheckov>>>();

beforeAll(async () => {
  shop = await graphOf(exampleSpec("aws"));
  found.set("aws", await runCheckov(shop));
  found.set("bitcoin-aws", await runCheckov(await graphOf(exampleSpec("bitcoin-aws"))));
  for (const stack of ["prod", "bitcoin-prod"]) found.set(stack, await runCheckov(await graphOnDigitalOcean(exampleSpec(stack))));
}, 120_000);

test("checkov reads every example on a cloud, and most of what it asks holds", () => {
  for (const [stack, least] of [
    ["aws", 220],
    ["bitcoin-aws", 155],
    ["prod", 3],
    ["bitcoin-prod", 3],
  ] as const)
    expect(found.get(stack)?.passed).toBeGreaterThanOrEqual(least);
});

test("every open finding has a reason, every reason a finding, and each is written once", () => {
  const open = [...new Set([...found.values()].flatMap((verdict) => verdict.open))].sort();
  expect(open).toEqual(reasoned(reasons));
  expect(reasons.filter(({ why }) => why.length < 8)).toEqual([]);
});

/** The graph of OC Pizza with inputs of some resources changed; undefined takes one away. */
const changed = (changes: readonly (readonly [name: string, inputs: Readonly<Record<string, unknown>>])[]): Pick<Graph, "nodes"> => ({
  nodes: shop.nodes.map((node): GraphNode => ({
    ...node,
    inputs: Object.assign(
      {},
      node.inputs,
      ...changes.filter(([name]) => name === node.name).map(([, inputs]) => inputs),
    ) as GraphNode["inputs"],
  })),
});

const anything = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["*"], Resource: ["*"] }] });

describe("what is broken on purpose is found", () => {
  const broken: readonly (readonly [says: string, name: string, inputs: Readonly<Record<string, unknown>>, finding: string])[] = [
    [
      "metadata without session tokens",
      "web-0",
      { metadataOptions: { httpEndpoint: "enabled", httpTokens: "optional" } },
      "CKV_AWS_79 aws_instance.web-0",
    ],
    ["a disk in clear", "web-0", { rootBlockDevice: { volumeType: "gp3", encrypted: false } }, "CKV_AWS_8 aws_instance.web-0"],
    [
      "a key of AWS in user-data",
      "web-0",
      { userData: "#cloud-config\n# AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n" },
      "CKV_AWS_46 aws_instance.web-0",
    ],
    ["a database in clear", "database", { storageEncrypted: false }, "CKV_AWS_16 aws_db_instance.database"],
    ["a database with a public address", "database", { publiclyAccessible: true }, "CKV_AWS_17 aws_db_instance.database"],
    ["a database that one command deletes", "database", { deletionProtection: false }, "CKV_AWS_293 aws_db_instance.database"],
    ["a database without backups", "database", { backupRetentionPeriod: 0 }, "CKV_AWS_133 aws_db_instance.database"],
    ["a database whose logs go nowhere", "database", { enabledCloudwatchLogsExports: [] }, "CKV_AWS_129 aws_db_instance.database"],
    ["snapshots that lose their tags", "database", { copyTagsToSnapshot: false }, "CKV2_AWS_60 aws_db_instance.database"],
    ["SSH for everybody", "web-22-0", { cidrIpv4: "0.0.0.0/0" }, "CKV_AWS_24 aws_vpc_security_group_ingress_rule.web-22-0"],
    [
      "a bucket with public policies",
      "backups-private",
      { blockPublicPolicy: false },
      "CKV_AWS_54 aws_s3_bucket_public_access_block.backups-private",
    ],
    [
      "a bucket without old versions",
      "backups-versions",
      { versioningConfiguration: { status: "Suspended" } },
      "CKV_AWS_21 aws_s3_bucket.backups",
    ],
    ["a role that may do everything", "host-backups", { policy: anything }, "CKV_AWS_62 aws_iam_role_policy.host-backups"],
  ];
  let all: readonly string[];
  beforeAll(async () => {
    all = (await runCheckov(changed(broken.map(([, name, inputs]) => [name, inputs])))).open;
  }, 60_000);

  test.each(broken)("%s", (_says, _name, _inputs, finding) => {
    expect(found.get("aws")?.open).not.toContain(finding);
    expect(all).toContain(finding);
  });
});

test("a finding without a reason, and a reason without a finding, would be told", () => {
  expect(reasoned([{ id: "CKV_AWS_16", resources: ["aws_db_instance.b", "aws_db_instance.a"], why: "for a test" }])).toEqual([
    "CKV_AWS_16 aws_db_instance.a",
    "CKV_AWS_16 aws_db_instance.b",
  ]);
});
