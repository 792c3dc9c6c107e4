import { replacedByTag } from "../../infra/targets/aws/move";
import { wildcardsIn } from "../../infra/targets/aws/wildcards";
import { dataPorts, holdsPort, isWorld } from "../networks";
import { each, together, type Resource, type Rule } from "../rule";
import { secretIn } from "../../infra/config/catalog/secretForms";

const instance = "aws:ec2/instance:Instance";
const launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate";
const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const securityGroup = "aws:ec2/securityGroup:SecurityGroup";
const database = "aws:rds/instance:Instance";
const bucket = "aws:s3/bucket:Bucket";
const bucketLogging = "aws:s3/bucketLogging:BucketLogging";
const publicAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const bucketVersioning = "aws:s3/bucketVersioning:BucketVersioning";
const balancer = "aws:lb/loadBalancer:LoadBalancer";
const listener = "aws:lb/listener:Listener";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const topic = "aws:sns/topic:Topic";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const subscription = "aws:sns/topicSubscription:TopicSubscription";

const guide = "https://docs.aws.amazon.com";
const config = (rule: string): string => `${guide}/config/latest/developerguide/${rule}.html`;

interface Block {
  readonly encrypted?: boolean;
  readonly deleteOnTermination?: boolean;
}

interface Opening {
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly ipProtocol?: string;
  readonly protocol?: string;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly cidrBlocks?: readonly string[];
  readonly ipv6CidrBlocks?: readonly string[];
}

const ofType = (resources: readonly Resource[], type: string): readonly Resource[] =>
  resources.filter((resource) => resource.type === type);

/** The world's network that an opening lets in to one of the ports, or nothing. */
function worldIn(opening: Opening, ports: readonly number[]): string | undefined {
  const all = (opening.ipProtocol ?? opening.protocol) === "-1";
  const range = `${opening.fromPort ?? 0}-${opening.toPort ?? 65535}`;
  if (!all && !ports.some((port) => holdsPort(range, port))) return undefined;
  return [opening.cidrIpv4, opening.cidrIpv6, ...(opening.cidrBlocks ?? []), ...(opening.ipv6CidrBlocks ?? [])].find(isWorld);
}

/** A rule about openings, those that are resources and those inside of a group. */
function openings(said: Omit<Rule, "breaches" | "types" | "scope">, ports: readonly number[]): Rule {
  return each([ingress, securityGroup], said, (props) =>
    [props as Opening, ...((props["ingress"] ?? []) as Opening[])].map((one) => worldIn(one, ports)).find(Boolean),
  );
}

/** A `*` that a policy's JSON grants and nothing explains; none where the text is not known yet. */
const wide = (text: unknown): string | undefined =>
  typeof text === "string" && text.startsWith("{") ? wildcardsIn(text).find(({ explained }) => !explained)?.word : undefined;

/** What must never be on AWS. Those with a rule of AWS Config are awsguard's, brought to today's resources. */
export const aws: readonly Rule[] = [
  each(
    instance,
    {
      id: "aws-instance-imdsv2",
      must: "answer metadata by session tokens only",
      why: "a forged request of the app reads the role's credentials with IMDSv1",
      remediation: 'set metadataOptions.httpTokens: "required"',
      url: `${guide}/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html`,
      enforcementLevel: "mandatory",
    },
    ({ metadataOptions }) => (metadataOptions as { httpTokens?: string } | undefined)?.httpTokens !== "required" && "IMDSv1",
  ),

  each(
    launchTemplate,
    {
      id: "aws-template-imdsv2",
      must: "answer metadata by session tokens only",
      why: "a forged request of the app reads the role's credentials with IMDSv1",
      remediation: 'set metadataOptions.httpTokens: "required"',
      url: `${guide}/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html`,
      enforcementLevel: "mandatory",
    },
    ({ metadataOptions }) => (metadataOptions as { httpTokens?: string } | undefined)?.httpTokens !== "required" && "IMDSv1",
  ),

  each(
    instance,
    {
      id: "aws-instance-user-data-secret",
      must: "hold no secret in userData",
      why: "every process of the machine reads it from the metadata service, and so does the state",
      remediation: "send it over SSH, or keep it in Secrets Manager",
      url: `${guide}/AWSEC2/latest/UserGuide/user-data.html`,
      enforcementLevel: "mandatory",
    },
    ({ userData }) => secretIn(userData),
  ),

  each(
    instance,
    {
      id: "aws-instance-encrypted",
      must: "have encrypted disks",
      why: "a snapshot or a disk that is not wiped is read by whoever gets it",
      remediation: "set rootBlockDevice.encrypted and that of ebsBlockDevices",
      url: config("encrypted-volumes"),
      enforcementLevel: "mandatory",
    },
    ({ rootBlockDevice, ebsBlockDevices }) => {
      if ((rootBlockDevice as Block | undefined)?.encrypted !== true) return "a root disk in clear";
      return ((ebsBlockDevices ?? []) as Block[]).some(({ encrypted }) => encrypted !== true) && "a disk in clear";
    },
  ),

  each(
    instance,
    {
      id: "aws-instance-disks-end",
      must: "not leave disks behind",
      why: "they are paid for, and forgotten with what is on them",
      remediation: "set deleteOnTermination of ebsBlockDevices",
      url: config("ec2-volume-inuse-check"),
      enforcementLevel: "mandatory",
    },
    ({ ebsBlockDevices }) =>
      ((ebsBlockDevices ?? []) as Block[]).some(({ deleteOnTermination }) => deleteOnTermination !== true) &&
      "a disk that outlives the machine",
  ),

  each(
    instance,
    {
      id: "aws-instance-detailed-monitoring",
      must: "be measured every minute",
      why: "five minutes hide what made customers wait",
      remediation: "set monitoring: true",
      url: config("ec2-instance-detailed-monitoring-enabled"),
      enforcementLevel: "advisory",
    },
    ({ monitoring }) => monitoring !== true && "every five minutes",
  ),

  together(
    [instance, balancer],
    {
      id: "aws-instance-no-public-address",
      must: "have no public address behind a balancer",
      why: "it is a second way in, past the balancer",
      remediation: "set associatePublicIpAddress: false",
      url: config("ec2-instance-no-public-ip"),
      enforcementLevel: "mandatory",
    },
    (resources) =>
      ofType(resources, balancer).length === 0
        ? []
        : ofType(resources, instance)
            .filter(({ props }) => props["associatePublicIpAddress"] !== false)
            .map(({ name }) => ({ resource: name, got: "a public address" })),
  ),

  each(
    instance,
    {
      id: "aws-instance-tags",
      must: "be tagged",
      why: "the bill, backups and people find it by its tags",
      remediation: "set tags",
      url: `${guide}/tag-editor/latest/userguide/tagging.html`,
      enforcementLevel: "mandatory",
    },
    ({ tags }) => Object.keys((tags ?? {}) as object).length === 0 && "none",
  ),

  openings(
    {
      id: "aws-open-ssh",
      must: "not open SSH to the world",
      why: "it is tried with stolen passwords and fresh exploits within minutes",
      remediation: "name the networks that people work from",
      url: config("restricted-ssh"),
      enforcementLevel: "mandatory",
    },
    [22],
  ),

  openings(
    {
      id: "aws-open-data",
      must: "not open a database or cache to the world",
      why: "they are for the app alone",
      remediation: "name a security group instead",
      url: config("restricted-common-ports"),
      enforcementLevel: "mandatory",
    },
    dataPorts,
  ),

  each(
    database,
    {
      id: "aws-database-private",
      must: "have no public address",
      why: "a password is then all that is between it and the world",
      remediation: "set publiclyAccessible: false",
      url: config("rds-instance-public-access-check"),
      enforcementLevel: "mandatory",
    },
    ({ publiclyAccessible }) => publiclyAccessible === true && "a public address",
  ),

  each(
    database,
    {
      id: "aws-database-encrypted",
      must: "be encrypted",
      why: "its snapshots are read by whoever gets one, and it cannot be encrypted later",
      remediation: "set storageEncrypted: true",
      url: config("rds-storage-encrypted"),
      enforcementLevel: "mandatory",
    },
    ({ storageEncrypted, replicateSourceDb }) => replicateSourceDb === undefined && storageEncrypted !== true && "in clear",
  ),

  each(
    database,
    {
      id: "aws-database-backups",
      must: "keep backups of its own",
      why: "without them it cannot go back to a moment",
      remediation: "set backupRetentionPeriod",
      url: config("db-instance-backup-enabled"),
      enforcementLevel: "mandatory",
    },
    ({ backupRetentionPeriod }) => backupRetentionPeriod === 0 && "none",
  ),

  each(
    database,
    {
      id: "aws-database-standby",
      must: "have a standby in another zone",
      why: "the site waits for minutes when its one server fails",
      remediation: "set webstack:database standby: true",
      url: config("rds-multi-az-support"),
      enforcementLevel: "advisory",
    },
    ({ multiAz }) => multiAz !== true && "one server",
  ),

  each(
    database,
    {
      id: "aws-database-deletion",
      must: "be protected from deletion, by Pulumi and by AWS",
      why: "one wrong command takes the data and its backups",
      remediation: "set webstack:protect to data",
      url: `${guide}/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html`,
      enforcementLevel: "production",
    },
    ({ deletionProtection, tags }, { protect }) => {
      // The site has left it for another one, which is protected, and it ends with a snapshot.
      if (Object.hasOwn((tags ?? {}) as object, replacedByTag)) return null;
      return (deletionProtection !== true && "no deletionProtection") || (!protect && "not protected");
    },
  ),

  each(
    database,
    {
      id: "aws-database-final-snapshot",
      must: "leave a last snapshot behind",
      why: "it is all that is left after a deletion that was meant",
      remediation: "set skipFinalSnapshot: false and finalSnapshotIdentifier",
      url: `${guide}/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html`,
      enforcementLevel: "production",
    },
    ({ skipFinalSnapshot }) => skipFinalSnapshot === true && "none",
  ),

  each(
    database,
    {
      id: "aws-database-password",
      must: "have its master password made and turned by AWS",
      why: "a password in the program is one in the state",
      remediation: "set manageMasterUserPassword: true",
      url: `${guide}/AmazonRDS/latest/UserGuide/rds-secrets-manager.html`,
      enforcementLevel: "mandatory",
    },
    ({ manageMasterUserPassword, replicateSourceDb }) =>
      replicateSourceDb === undefined && manageMasterUserPassword !== true && "a password of ours",
  ),

  together(
    [bucket, publicAccessBlock],
    {
      id: "aws-bucket-private",
      must: "block public access",
      why: "one wrong policy shows it to everybody otherwise",
      remediation: "add a BucketPublicAccessBlock with all four switches",
      url: config("s3-bucket-level-public-access-prohibited"),
      enforcementLevel: "mandatory",
    },
    (resources) => {
      const whole = ofType(resources, publicAccessBlock).filter(({ props }) =>
        ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].every((name) => props[name] === true),
      );
      return ofType(resources, bucket)
        .slice(whole.length)
        .map(({ name }) => ({ resource: name, got: "no whole block" }));
    },
  ),

  together(
    [bucket, bucketVersioning],
    {
      id: "aws-bucket-versioning",
      must: "keep old versions",
      why: "whoever takes a host over could overwrite the backups",
      remediation: 'add a BucketVersioning with status "Enabled"',
      url: config("s3-bucket-versioning-enabled"),
      enforcementLevel: "mandatory",
    },
    (resources) => {
      const on = ofType(resources, bucketVersioning).filter(
        ({ props }) => (props["versioningConfiguration"] as { status?: string } | undefined)?.status === "Enabled",
      );
      return ofType(resources, bucket)
        .filter(({ props }) => props["versioning"]?.enabled !== true)
        .slice(on.length)
        .map(({ name }) => ({ resource: name, got: "off" }));
    },
  ),

  together(
    [bucket, bucketLogging],
    {
      id: "aws-bucket-logging",
      must: "log who reads it",
      why: "nobody can tell afterwards what was taken",
      remediation: "add a BucketLogging",
      url: config("s3-bucket-logging-enabled"),
      enforcementLevel: "advisory",
    },
    (resources) =>
      ofType(resources, bucket)
        .slice(ofType(resources, bucketLogging).length)
        .map(({ name }) => ({ resource: name, got: "off" })),
  ),

  each(
    bucket,
    {
      id: "aws-bucket-force-destroy",
      must: "not be deleted with what is in it",
      why: "the last backup would go with the stack",
      remediation: "leave forceDestroy out",
      url: "https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucket/",
      enforcementLevel: "production",
    },
    ({ forceDestroy }) => forceDestroy === true && "forceDestroy",
  ),

  each(
    balancer,
    {
      id: "aws-balancer-logging",
      must: "log its requests",
      why: "nobody can tell afterwards who asked for what",
      remediation: "set accessLogs",
      url: config("elb-logging-enabled"),
      enforcementLevel: "production",
    },
    ({ accessLogs }) => (accessLogs as { enabled?: boolean } | undefined)?.enabled !== true && "off",
  ),

  each(
    balancer,
    {
      id: "aws-balancer-deletion",
      must: "be protected from deletion",
      why: "its name, and with it the site's address, is gone for good",
      remediation: "set enableDeletionProtection: true",
      url: config("elb-deletion-protection-enabled"),
      enforcementLevel: "production",
    },
    ({ enableDeletionProtection }) => enableDeletionProtection !== true && "off",
  ),

  each(
    listener,
    {
      id: "aws-balancer-https",
      must: "lead from http to https",
      why: "passwords cross the Internet in clear otherwise",
      remediation: 'give port 80 a defaultAction of type "redirect" with protocol "HTTPS"',
      url: config("alb-http-to-https-redirection-check"),
      enforcementLevel: "mandatory",
    },
    ({ port, protocol, defaultActions }) => {
      if (protocol !== "HTTP" && port !== 80) return null;
      const led = ((defaultActions ?? []) as { type: string; redirect?: { protocol?: string } }[]).every(
        ({ type, redirect }) => type === "redirect" && redirect?.protocol === "HTTPS",
      );
      return !led && "an answer in clear";
    },
  ),

  together(
    [topic, subscription],
    {
      id: "aws-alarms-heard",
      must: "have receivers",
      why: "an alarm that reaches nobody wakes nobody",
      remediation: "set monitoring.emails",
      url: `${guide}/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html`,
      enforcementLevel: "production",
    },
    (resources) =>
      ofType(resources, subscription).length > 0 ? [] : ofType(resources, topic).map(({ name }) => ({ resource: name, got: "none" })),
  ),

  each(
    rolePolicy,
    {
      id: "aws-role-wildcard",
      must: "name its actions and resources",
      why: "a service's new actions are granted the day they appear, and other people's resources with its own",
      remediation: "list what is needed, or explain the * in infra/targets/aws/wildcards.ts",
      url: config("iam-policy-no-statements-with-full-access"),
      enforcementLevel: "mandatory",
    },
    ({ policy: text }) => wide(text),
  ),

  each(
    [bucketPolicy, topicPolicy],
    {
      id: "aws-policy-wildcard",
      must: "name its actions and resources",
      why: "a service's new actions are granted the day they appear, and other people's resources with its own",
      remediation: "list what is needed, or explain the * in infra/targets/aws/wildcards.ts",
      url: config("iam-policy-no-statements-with-full-access"),
      enforcementLevel: "mandatory",
    },
    ({ policy: text }) => wide(text),
  ),
];
