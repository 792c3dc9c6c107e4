/**
 * Limit: what the provider reads, changes and deletes is known from its sources; what it makes is compared with the calls of moto.test.ts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planStack } from "../../infra/plan";
import { deployerPolicies, serviceLinked } from "../../infra/targets/aws/deployer";
import { simulateIam, type IamRequest } from "../../tools/iam";
import { exampleSpec } from "../goldens/stacks";
import { accountId, graphOf } from "../targets/aws";
import type { Graph } from "../targets/graph";
import { runParliament } from "./parliament";

const region = "eu-west-3";
const policies = deployerPolicies(planStack(exampleSpec("aws")));
let shop: Graph;

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
const statements = Object.values(policies).flatMap((text) => (JSON.parse(text) as { Statement: Statement[] }).Statement);

beforeAll(async () => {
  shop = await graphOf(exampleSpec("aws"));
}, 60_000);

test("roles, their services and what AWS itself lends are those of the program", () => {
  const names = shop.ofType("aws:iam/role:Role").map(({ name }) => name);
  const sid = (name: string) => statements.find(({ Sid }) => Sid === name);
  expect(names.filter((name) => !JSON.stringify(policies).includes(`role/${name}-*`))).toEqual([]);
  const trusted = shop
    .ofType("aws:iam/role:Role")
    .flatMap(({ inputs }) => /"Service":"([^"]+)"/.exec(String(inputs["assumeRolePolicy"]))?.[1] ?? []);
  expect(
    trusted.filter((service) => sid("PassRoles")?.Condition?.["StringEquals"]?.["iam:PassedToService"]?.includes(service) !== true),
  ).toEqual([]);
  const lent = shop.ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(({ inputs }) => inputs["policyArn"]);
  expect([...(sid("LendRoles")?.Condition?.["ArnEquals"]?.["iam:PolicyARN"] ?? [])].sort()).toEqual([...lent].sort());
});

type Row = readonly [action: string, resource: string, context?: Readonly<Record<string, string>>];
const here = { "aws:RequestedRegion": region };
const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;
const rds = (name: string) => `arn:aws:rds:${region}:${accountId}:${name}`;
const request = ([action, resource, context = {}]: Row): IamRequest => ({
  policies: Object.values(policies),
  principal: role("deployer"),
  action,
  resource,
  account: accountId,
  context,
});

const allowed: readonly Row[] = [
  ["ec2:CreateVpc", `arn:aws:ec2:${region}:${accountId}:vpc/vpc-12345678`, here],
  ["ec2:DescribeImages", "*", here],
  ["rds:CreateDBInstance", rds("db:webstack-aws-database"), here],
  ["rds:RestoreDBInstanceToPointInTime", rds("db:webstack-aws-database-0a1b2c"), here],
  ["iam:CreateRole", role("host-role-1a2b3c4")],
  ["iam:PassRole", role("host-role-1a2b3c4"), { "iam:PassedToService": "ec2.amazonaws.com" }],
  [
    "iam:AttachRolePolicy",
    role("images-role-1a2b3c4"),
    { "iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRoleForAMIManagement" },
  ],
  [
    "iam:CreateServiceLinkedRole",
    role("aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"),
    { "iam:AWSServiceName": "batch.amazonaws.com" },
  ],
  ["s3:PutBucketVersioning", "arn:aws:s3:::webstack-aws-backups-1234"],
  ["secretsmanager:CreateSecret", `arn:aws:secretsmanager:${region}:${accountId}:secret:webstack-aws-login-1234`],
  ["secretsmanager:CreateSecret", `arn:aws:secretsmanager:${region}:${accountId}:secret:rds!db-1`],
  ["scheduler:CreateSchedule", `arn:aws:scheduler:${region}:${accountId}:schedule/default/webstack-aws-dump`],
  ["cloudwatch:PutMetricAlarm", `arn:aws:cloudwatch:us-east-1:${accountId}:alarm:webstack-aws-site-down`],
  ["sns:CreateTopic", `arn:aws:sns:us-east-1:${accountId}:webstack-aws-alarms-site`],
  ["logs:CreateLogGroup", `arn:aws:logs:${region}:${accountId}:log-group:/aws/rds/instance/webstack-aws-database/error`],
  ["budgets:ModifyBudget", `arn:aws:budgets::${accountId}:budget/webstack-aws-month`],
];

const denied: readonly Row[] = [
  // Another region, other people's data.
  ["ec2:RunInstances", `arn:aws:ec2:us-west-2:${accountId}:instance/*`, { "aws:RequestedRegion": "us-west-2" }],
  ["rds:DeleteDBInstance", rds("db:webstack-prod-database"), here],
  ["s3:GetObject", "arn:aws:s3:::webstack-prod-backups-5678/host/config"],
  ["s3:GetObject", "arn:aws:s3:::webstack-aws-backups-1234/host/config"],
  ["s3:DeleteObjectVersion", "arn:aws:s3:::webstack-aws-backups-1234/host/config"],
  ["s3:ListAllMyBuckets", "*"],
  ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${region}:${accountId}:secret:webstack-aws-login-1234`],
  ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:${region}:${accountId}:secret:rds!db-1`],
  // More rights.
  ["iam:CreateUser", `arn:aws:iam::${accountId}:user/mallory`],
  ["iam:PutRolePolicy", role("deployer")],
  ["iam:AttachRolePolicy", role("host-role-1a2b3c4"), { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" }],
  ["iam:PassRole", role("host-role-1a2b3c4"), { "iam:PassedToService": "lambda.amazonaws.com" }],
  ["iam:PassRole", role("admin"), { "iam:PassedToService": "ec2.amazonaws.com" }],
  [
    "iam:CreateServiceLinkedRole",
    role("aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations"),
    { "iam:AWSServiceName": "organizations.amazonaws.com" },
  ],
  ["sts:AssumeRole", role("admin")],
  ["lambda:CreateFunction", `arn:aws:lambda:${region}:${accountId}:function:x`],
];

test("the role may do that to what is the stack's, in its region", async () => {
  const answers = await simulateIam(allowed.map(request));
  expect(allowed.filter((_row, index) => answers[index] !== "Allowed")).toEqual([]);
});

test("the role may do nothing else: other stacks' data, what the login's secrets hold, and more rights are not its", async () => {
  const answers = await simulateIam(denied.map(request));
  expect(denied.filter((_row, index) => answers[index] !== "ImplicitlyDenied")).toEqual([]);
});

test("each fits a managed policy, and parliament knows every action and resource in it", async () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  for (const [name, text] of Object.entries(policies)) expect([name, text.length < 6144]).toEqual([name, true]);
  // It makes roles and hands them out, which is what these are about; calls without a name to hold them to are bound to a region, or read.
  const ofEveryDeployer = [
    "PERMISSIONS_MANAGEMENT_ACTIONS",
    "PRIVILEGE_ESCALATION",
    "RESOURCE_POLICY_PRIVILEGE_ESCALATION",
    "RESOURCE_STAR",
  ];
  expect((await runParliament(policies)).filter((found) => !ofEveryDeployer.includes(found.split(": ")[1] ?? ""))).toEqual([]);
}, 60_000);

test("docs/aws.md names every role that a new account lacks, and the command that writes the policies", () => {
  const text = readFileSync(join(__dirname, "../../docs/aws.md"), "utf8");
  expect(text).toContain("npm run policy -- aws --deployer");
  const names = serviceLinked.map((service) => service.replace(/\.amazonaws\.com$/, "")).join(" ");
  expect(text).toContain(`for service in ${names}; do aws iam create-service-linked-role --aws-service-name $service.amazonaws.com; done`);
});
