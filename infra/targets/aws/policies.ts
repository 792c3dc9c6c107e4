import * as pulumi from "@pulumi/pulumi";

/**
 * Every policy document of the target. None grants more than it names; where a service knows no narrower resource, the statement's Sid
 * stands in wildcards.ts with the reason, and a rule of policy/ refuses every other `*`.
 */

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string>>;
  readonly Action: readonly string[];
  readonly Resource?: pulumi.Input<string> | readonly pulumi.Input<string>[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>>;
}

export const document = (...statements: readonly Statement[]): pulumi.Output<string> =>
  pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

/** Who may take a role: one service of AWS, for this account alone, so that nobody else's use of the service borrows it. */
export function serviceTrust(service: string, account: pulumi.Input<string>): pulumi.Output<string> {
  return document({
    Sid: "Service",
    Effect: "Allow",
    Principal: { Service: service },
    Action: ["sts:AssumeRole"],
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  });
}

/** The same for services that do not say for whom they ask: EC2 for a machine, and ECS while it starts a task. */
export const anyTrust = (service: string): pulumi.Output<string> =>
  document({ Sid: "Service", Effect: "Allow", Principal: { Service: service }, Action: ["sts:AssumeRole"] });

const logStreams = (group: pulumi.Input<string>): Statement => ({
  Sid: "LogStreams",
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
  Resource: [group, pulumi.interpolate`${group}:log-stream:*`],
});

export const writeLogs = (group: pulumi.Input<string>): pulumi.Output<string> => document(logStreams(group));

/**
 * restic's rights: the objects of one prefix, and the names of all, which are hashes and times. The list knows no prefix: restic first asks
 * whether the bucket is there, a call that carries none, and Debian's 0.14 ends when that is refused; nor would S3 then tell an object that
 * is missing from one that is forbidden. https://github.com/restic/restic/issues/4085
 * and https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
export function keepBackups(bucket: pulumi.Input<string>, prefix: string): pulumi.Output<string> {
  return document(
    { Sid: "BackupList", Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucket },
    { Sid: "BackupPlace", Effect: "Allow", Action: ["s3:GetBucketLocation"], Resource: bucket },
    {
      Sid: "BackupObjects",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: pulumi.interpolate`${bucket}/${prefix}/*`,
    },
  );
}

/** The host makes the app's login with the master's, which it only reads, and keeps it in the app's secret. */
export function keepLogin(app: pulumi.Input<string>, master: pulumi.Input<string>): pulumi.Output<string> {
  return document(
    { Sid: "AppLogin", Effect: "Allow", Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], Resource: app },
    { Sid: "MasterLogin", Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: master },
  );
}

export function report(group: pulumi.Input<string>, namespace: string): pulumi.Output<string> {
  return document(logStreams(group), {
    Sid: "AgentMetrics",
    Effect: "Allow",
    Action: ["cloudwatch:PutMetricData"],
    Resource: "*",
    Condition: { StringEquals: { "cloudwatch:namespace": namespace } },
  });
}

/** A host tells its alerts itself. */
export const tellAlerts = (topic: pulumi.Input<string>): pulumi.Output<string> =>
  document({ Sid: "HostAlerts", Effect: "Allow", Action: ["sns:Publish"], Resource: topic });

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html */
export const openSessions = document({
  Sid: "Sessions",
  Effect: "Allow",
  Action: [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  Resource: "*",
});

/** Nobody reaches the bucket in clear. */
export function onlyEncrypted(bucket: pulumi.Input<string>): pulumi.Output<string> {
  return document({
    Sid: "RefuseUnencryptedTransport",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:*"],
    Resource: [bucket, pulumi.interpolate`${bucket}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
}

export const readSecret = (secret: pulumi.Input<string>, group: pulumi.Input<string>): pulumi.Output<string> =>
  document({ Sid: "AppLogin", Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: secret }, logStreams(group));

export const writeDumps = (bucket: pulumi.Input<string>, prefix: string): pulumi.Output<string> =>
  document({
    Sid: "DumpObjects",
    Effect: "Allow",
    Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
    Resource: pulumi.interpolate`${bucket}/${prefix}/*`,
  });

/**
 * By AWS's list of actions this asks for a queue, a definition with and without its revision, and a job.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
export function submitJob(queue: pulumi.Input<string>, definition: pulumi.Input<string>): pulumi.Output<string> {
  const before = (arn: pulumi.Input<string>) => pulumi.output(arn).apply((whole) => whole.slice(0, whole.lastIndexOf(":")));
  return document({
    Sid: "SubmitDump",
    Effect: "Allow",
    Action: ["batch:SubmitJob"],
    Resource: [queue, definition, before(definition), pulumi.interpolate`${before(queue)}:job/*`],
  });
}

/**
 * CloudWatch may tell the topic, on behalf of this account, and EventBridge: what that sends to a topic whose policy has conditions for it
 * does not arrive.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
 */
export function tellTopic(topic: pulumi.Input<string>, account: pulumi.Input<string>): pulumi.Output<string> {
  const from = (Sid: string, service: string): Statement => ({
    Sid,
    Effect: "Allow",
    Principal: { Service: service },
    Action: ["sns:Publish"],
    Resource: topic,
  });
  return document(
    { ...from("Alarms", "cloudwatch.amazonaws.com"), Condition: { StringEquals: { "aws:SourceAccount": account } } },
    from("Events", "events.amazonaws.com"),
  );
}
