/** Limit: policies of the target alone; AWS's own, which two of its services are lent, and those of an account around it are not here. */
import { simulateIam, type IamRequest } from "../../tools/iam";
import { exampleSpec } from "../goldens/stacks";
import { accountId, graphOf } from "../targets/aws";
import type { Graph } from "../targets/graph";

let shop: Graph;
let policiesOf: (role: string) => readonly string[];

beforeAll(async () => {
  const spec = exampleSpec("aws");
  shop = await graphOf({ ...spec, access: { ...spec.access, sessions: true } });
  policiesOf = (role) =>
    shop
      .ofType("aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => inputs["role"] === `${role}-id`)
      .map(({ inputs }) => String(inputs["policy"]));
}, 60_000);

const bucket = "arn:aws:s3:::webstack-aws-backups-1234";
const secrets = `arn:aws:secretsmanager:eu-west-3:${accountId}:secret`;
const logs = `arn:aws:logs:eu-west-3:${accountId}:log-group`;
const batch = `arn:aws:batch:eu-west-3:${accountId}`;
const topics = `arn:aws:sns:eu-west-3:${accountId}`;
const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;

type Row = readonly [role: string, action: string, resource: string, context?: Readonly<Record<string, string>>];

const request = ([who, action, resource, context = {}]: Row): IamRequest => ({
  policies: policiesOf(who),
  principal: role(who),
  action,
  resource,
  account: accountId,
  context,
});

const allowed: readonly Row[] = [
  // HeadBucket, with which restic begins, is judged as a list without a prefix.
  ["host-role", "s3:ListBucket", bucket],
  ["host-role", "s3:ListBucket", bucket, { "s3:prefix": "host/snapshots/" }],
  ["host-role", "s3:GetBucketLocation", bucket],
  ["host-role", "s3:GetObject", `${bucket}/host/data/00/abc`],
  ["host-role", "s3:PutObject", `${bucket}/host/data/00/abc`],
  ["host-role", "s3:DeleteObject", `${bucket}/host/locks/1`],
  ["host-role", "s3:AbortMultipartUpload", `${bucket}/host/data/00/abc`],
  ["host-role", "secretsmanager:GetSecretValue", `${secrets}:webstack-aws-login-1234`],
  ["host-role", "secretsmanager:PutSecretValue", `${secrets}:webstack-aws-login-1234`],
  ["host-role", "secretsmanager:GetSecretValue", `${secrets}:rds!db-1`],
  ["host-role", "logs:CreateLogStream", `${logs}:/webstack-aws/host:log-stream:i-1`],
  ["host-role", "logs:PutLogEvents", `${logs}:/webstack-aws/host:log-stream:i-1`],
  ["host-role", "cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": "webstack-aws" }],
  ["host-role", "ssmmessages:OpenDataChannel", "*"],
  ["host-role", "sns:Publish", `${topics}:webstack-aws-alarms`],
  ["dump-job-role", "s3:PutObject", `${bucket}/dumps/2026-11-22.sql.gz`],
  ["dump-start-role", "secretsmanager:GetSecretValue", `${secrets}:webstack-aws-login-1234`],
  ["dump-schedule-role", "batch:SubmitJob", `${batch}:job-definition/dump-definition:1`],
  ["dump-schedule-role", "batch:SubmitJob", `${batch}:job-queue/dump-queue`],
];

const denied: readonly Row[] = [
  // Other people's data, and its own under another name.
  ["host-role", "s3:ListAllMyBuckets", "*"],
  ["host-role", "s3:ListBucket", "arn:aws:s3:::webstack-prod-backups-5678", { "s3:prefix": "host/" }],
  ["host-role", "s3:GetObject", `${bucket}/dumps/2026-11-22.sql.gz`],
  ["host-role", "s3:GetObject", `${bucket}/hosts/data`],
  ["host-role", "s3:GetObject", "arn:aws:s3:::webstack-prod-backups-5678/host/data"],
  // What would let somebody who took the host over take the backups away for good.
  ["host-role", "s3:DeleteObjectVersion", `${bucket}/host/data/00/abc`],
  ["host-role", "s3:DeleteBucket", bucket],
  ["host-role", "s3:PutBucketPolicy", bucket],
  ["host-role", "s3:PutBucketVersioning", bucket],
  ["host-role", "s3:PutLifecycleConfiguration", bucket],
  ["host-role", "secretsmanager:GetSecretValue", `${secrets}:webstack-prod-login-5678`],
  ["host-role", "secretsmanager:GetSecretValue", `${secrets}:webstack-aws-login-12345`],
  ["host-role", "secretsmanager:PutSecretValue", `${secrets}:rds!db-1`],
  ["host-role", "secretsmanager:DeleteSecret", `${secrets}:webstack-aws-login-1234`],
  ["host-role", "secretsmanager:ListSecrets", "*"],
  // More rights.
  ["host-role", "iam:PassRole", role("dump-job-role")],
  ["host-role", "iam:PutRolePolicy", role("host-role")],
  ["host-role", "sts:AssumeRole", role("dump-job-role")],
  ["host-role", "ec2:RunInstances", `arn:aws:ec2:eu-west-3:${accountId}:instance/i-1`],
  ["host-role", "rds:DeleteDBInstance", `arn:aws:rds:eu-west-3:${accountId}:db:webstack-aws-database`],
  ["host-role", "ssm:StartSession", `arn:aws:ec2:eu-west-3:${accountId}:instance/i-1`],
  ["host-role", "ssm:SendCommand", `arn:aws:ec2:eu-west-3:${accountId}:instance/i-1`],
  ["host-role", "logs:PutLogEvents", `${logs}:/webstack-prod/host:log-stream:i-1`],
  ["host-role", "logs:DeleteLogGroup", `${logs}:/webstack-aws/host`],
  ["host-role", "cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": "webstack-prod" }],
  // A host that was taken over tells lies to its own receivers, and takes no receiver away.
  ["host-role", "sns:Publish", `${topics}:webstack-prod-alarms`],
  ["host-role", "sns:Subscribe", `${topics}:webstack-aws-alarms`],
  ["host-role", "sns:Unsubscribe", `${topics}:webstack-aws-alarms`],
  ["host-role", "cloudwatch:DeleteAlarms", `arn:aws:cloudwatch:eu-west-3:${accountId}:alarm:webstack-aws-host-cpu`],
  ["host-role", "backup:DeleteRecoveryPoint", `arn:aws:backup:eu-west-3:${accountId}:recovery-point:1`],
  // A dump writes what it made, and reads nothing.
  ["dump-job-role", "s3:GetObject", `${bucket}/dumps/2026-11-22.sql.gz`],
  ["dump-job-role", "s3:PutObject", `${bucket}/host/data/00/abc`],
  ["dump-job-role", "secretsmanager:GetSecretValue", `${secrets}:webstack-aws-login-1234`],
  ["dump-start-role", "secretsmanager:GetSecretValue", `${secrets}:rds!db-1`],
  ["dump-start-role", "secretsmanager:PutSecretValue", `${secrets}:webstack-aws-login-1234`],
  ["dump-schedule-role", "batch:SubmitJob", `${batch}:job-definition/other:1`],
  ["dump-schedule-role", "batch:SubmitJob", `${batch}:job-queue/other`],
  ["dump-schedule-role", "batch:TerminateJob", `${batch}:job/1`],
];

test("roles may do what they are for", async () => {
  const answers = await simulateIam(allowed.map(request));
  expect(allowed.filter((_row, index) => answers[index] !== "Allowed")).toEqual([]);
});

test("roles may do nothing else: no other bucket, secret, role, machine or log is theirs", async () => {
  const answers = await simulateIam(denied.map(request));
  expect(denied.filter((_row, index) => answers[index] !== "ImplicitlyDenied")).toEqual([]);
});

test("every role with policies of ours is asked, and each of its policies is needed", async () => {
  const roles = [
    ...new Set(shop.ofType("aws:iam/rolePolicy:RolePolicy").map(({ inputs }) => String(inputs["role"]).replace(/-id$/, ""))),
  ].sort();
  expect([...new Set(allowed.map(([who]) => who))].sort()).toEqual(roles);
  // Without one of its policies, at least one of a role's calls is refused.
  for (const { name, inputs } of shop.ofType("aws:iam/rolePolicy:RolePolicy")) {
    const who = String(inputs["role"]).replace(/-id$/, "");
    const rows = allowed
      .filter(([other]) => other === who)
      .map((row) => ({ ...request(row), policies: policiesOf(who).filter((text) => text !== inputs["policy"]) }));
    expect([name, await simulateIam(rows)]).toEqual([name, expect.arrayContaining(["ImplicitlyDenied"])]);
  }
});

test("the bucket turns away whoever asks in clear, the host itself too", async () => {
  const resourcePolicy = String(shop.named("backups-policy").inputs["policy"]);
  const ask = (secure: string) => ({
    ...request(["host-role", "s3:GetObject", `${bucket}/host/config`, { "aws:SecureTransport": secure }]),
    resourcePolicy,
  });
  expect(await simulateIam([ask("true"), ask("false")])).toEqual(["Allowed", "ExplicitlyDenied"]);
});

test("a policy that grants too much would be seen", async () => {
  const wide = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["secretsmanager:*", "s3:*"], Resource: "*" }],
  });
  const answers = await simulateIam(denied.map((row) => ({ ...request(row), policies: [wide] })));
  expect(answers.filter((answer) => answer === "Allowed").length).toBe(
    denied.filter(([, action]) => /^(s3|secretsmanager):/.test(action)).length,
  );
});
