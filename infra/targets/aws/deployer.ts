import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";

/**
 * What the role that deploys a stack may do, as documents of IAM for managed policies of 6,144 characters each. What the provider asks is
 * read from its sources: https://github.com/hashicorp/terraform-provider-aws/tree/v6.49.0/internal/service. Where a service knows no name
 * before a thing is there, the region is the bound.
 */

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Roles of a stack, to whose names the engine adds a hyphen and seven letters. */
const roles = [
  "host-role",
  "database-backup-role",
  "images-role",
  "dump-start-role",
  "dump-job-role",
  "dump-schedule-role",
  "flow-logs-role",
];

/** Who gets them. */
const lentTo = ["ec2", "backup", "dlm", "ecs-tasks", "scheduler", "vpc-flow-logs"].map((service) => `${service}.amazonaws.com`);

/** AWS's own policies that the program lends. */
const lent = [
  "AWSBackupServiceRolePolicyForBackup",
  "AWSBackupServiceRolePolicyForRestores",
  "AWSDataLifecycleManagerServiceRoleForAMIManagement",
].map((name) => `arn:aws:iam::aws:policy/service-role/${name}`);

/** Services that have a role of their own in every account, which the first use makes. docs/aws.md */
export const serviceLinked = [
  "rds.amazonaws.com",
  "ecs.amazonaws.com",
  "batch.amazonaws.com",
  "backup.amazonaws.com",
  "restore-testing.backup.amazonaws.com",
];

const of = (service: string, ...words: readonly string[]): readonly string[] => words.map((word) => `${service}:${word}`);

/** Name of a policy → its JSON. */
export function deployerPolicies({ spec }: StackPlan): Readonly<Record<string, string>> {
  const { project, stack } = spec;
  const { region } = spec.host;
  const prefix = physicalName("host", project, stack);
  const arn = (service: string, ...names: readonly string[]) => names.map((name) => `arn:aws:${service}:${region}:*:${name}`);
  const here = { StringEquals: { "aws:RequestedRegion": region } };
  const allow = (
    Sid: string,
    Action: readonly string[],
    Resource: Statement["Resource"],
    Condition?: Statement["Condition"],
  ): Statement => ({ Sid, Effect: "Allow", Action, Resource, ...(Condition === undefined ? {} : { Condition }) });
  const tags = ["TagResource", "UntagResource", "ListTagsForResource"];

  const machines = [
    allow(
      "Network",
      of(
        "ec2",
        "Describe*",
        "GetManagedPrefixListEntries",
        ...["Vpc", "Subnet", "InternetGateway", "RouteTable", "Route", "SecurityGroup", "NetworkInterface", "NatGateway"].flatMap(
          (what) => [`Create${what}`, `Delete${what}`],
        ),
        "ModifyVpcAttribute",
        "ModifySubnetAttribute",
        "AttachInternetGateway",
        "DetachInternetGateway",
        "ReplaceRoute",
        "AssociateRouteTable",
        "DisassociateRouteTable",
        "ReplaceRouteTableAssociation",
        "CreateVpcEndpoint",
        "ModifyVpcEndpoint",
        "DeleteVpcEndpoints",
        "CreateFlowLogs",
        "DeleteFlowLogs",
        "AuthorizeSecurityGroup*",
        "RevokeSecurityGroup*",
        "ModifySecurityGroupRules",
        "UpdateSecurityGroupRuleDescriptions*",
        "ModifyNetworkInterfaceAttribute",
        "AttachNetworkInterface",
        "DetachNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
        "AllocateAddress",
        "ReleaseAddress",
        "AssociateAddress",
        "DisassociateAddress",
      ),
      "*",
      here,
    ),
    allow(
      "Machine",
      of(
        "ec2",
        "RunInstances",
        "StartInstances",
        "StopInstances",
        "TerminateInstances",
        "ModifyInstanceAttribute",
        "ModifyInstanceMetadataOptions",
        "ModifyInstanceCreditSpecification",
        "MonitorInstances",
        "UnmonitorInstances",
        "ModifyVolume",
        "AssociateIamInstanceProfile",
        "ReplaceIamInstanceProfileAssociation",
        "CreateTags",
        "DeleteTags",
      ),
      "*",
      here,
    ),
    allow(
      "Images",
      of("dlm", "CreateLifecyclePolicy", "GetLifecyclePolicy", "UpdateLifecyclePolicy", "DeleteLifecyclePolicy", ...tags),
      "*",
      here,
    ),
    allow(
      "Roles",
      of(
        "iam",
        "CreateRole",
        "GetRole",
        "UpdateRole",
        "UpdateRoleDescription",
        "UpdateAssumeRolePolicy",
        "DeleteRole",
        "TagRole",
        "UntagRole",
        "ListRolePolicies",
        "ListAttachedRolePolicies",
        "ListInstanceProfilesForRole",
        "PutRolePolicy",
        "GetRolePolicy",
        "DeleteRolePolicy",
        "DetachRolePolicy",
      ),
      roles.map((name) => `arn:aws:iam::*:role/${name}-*`),
    ),
    allow(
      "LendRoles",
      of("iam", "AttachRolePolicy"),
      roles.map((name) => `arn:aws:iam::*:role/${name}-*`),
      { ArnEquals: { "iam:PolicyARN": lent } },
    ),
    allow(
      "PassRoles",
      of("iam", "PassRole"),
      roles.map((name) => `arn:aws:iam::*:role/${name}-*`),
      { StringEquals: { "iam:PassedToService": lentTo } },
    ),
    allow(
      "Profile",
      of(
        "iam",
        "CreateInstanceProfile",
        "GetInstanceProfile",
        "DeleteInstanceProfile",
        "AddRoleToInstanceProfile",
        "RemoveRoleFromInstanceProfile",
        "TagInstanceProfile",
        "UntagInstanceProfile",
      ),
      "arn:aws:iam::*:instance-profile/host-profile-*",
    ),
    allow("ServiceRoles", of("iam", "CreateServiceLinkedRole"), "arn:aws:iam::*:role/aws-service-role/*", {
      StringEquals: { "iam:AWSServiceName": serviceLinked },
    }),
  ];
  const data = [
    allow("ReadDatabases", of("rds", "Describe*", "ListTagsForResource"), "*", here),
    allow(
      "Database",
      of(
        "rds",
        "CreateDBInstance",
        "ModifyDBInstance",
        "RebootDBInstance",
        "DeleteDBInstance",
        "RestoreDBInstanceFromDBSnapshot",
        "RestoreDBInstanceToPointInTime",
        "CreateDBSnapshot",
        "DeleteDBInstanceAutomatedBackup",
        "CreateDBSubnetGroup",
        "ModifyDBSubnetGroup",
        "DeleteDBSubnetGroup",
        "CreateDBParameterGroup",
        "ModifyDBParameterGroup",
        "ResetDBParameterGroup",
        "DeleteDBParameterGroup",
        "AddTagsToResource",
        "RemoveTagsFromResource",
      ),
      arn("rds", `db:${physicalName("database", project, stack, "database")}*`, "og:*", "pg:*", "subgrp:*", "snapshot:*", "auto-backup:*"),
    ),
    allow(
      "Login",
      of(
        "secretsmanager",
        "CreateSecret",
        "DescribeSecret",
        "UpdateSecret",
        "DeleteSecret",
        "RestoreSecret",
        "TagResource",
        "UntagResource",
        "GetResourcePolicy",
        "PutResourcePolicy",
      ),
      arn("secretsmanager", `secret:${prefix}-login-*`),
    ),
    // RDS makes and ends the master's in the name of whoever makes the database.
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    allow(
      "MasterLogin",
      of("secretsmanager", "CreateSecret", "TagResource", "DescribeSecret", "RotateSecret"),
      arn("secretsmanager", "secret:rds!*"),
    ),
    allow("Keys", of("kms", "DescribeKey"), arn("kms", "key/*")),
    allow("KeysOfServices", of("kms", "CreateGrant", "RetireGrant", "GenerateDataKey*", "Decrypt", "ReEncrypt*"), arn("kms", "key/*"), {
      StringEquals: { "kms:ViaService": ["rds", "backup", "secretsmanager", "ec2"].map((service) => `${service}.${region}.amazonaws.com`) },
    }),
    // The bucket and nothing in it: who deploys neither reads backups nor deletes them.
    allow(
      "Storage",
      of(
        "s3",
        "CreateBucket",
        "DeleteBucket",
        "ListBucket",
        "ListBucketVersions",
        "GetBucketLocation",
        "GetBucketAcl",
        "GetBucketCORS",
        "GetBucketWebsite",
        "GetBucketLogging",
        "GetBucketRequestPayment",
        "GetBucketObjectLockConfiguration",
        "GetAccelerateConfiguration",
        "GetReplicationConfiguration",
        ...[
          "BucketVersioning",
          "BucketTagging",
          "BucketPolicy",
          "BucketPublicAccessBlock",
          "BucketOwnershipControls",
          "EncryptionConfiguration",
          "LifecycleConfiguration",
        ].flatMap((what) => [`Get${what}`, `Put${what}`]),
        "DeleteBucketPolicy",
      ),
      `arn:aws:s3:::${physicalName("bucket", project, stack, "backups")}-*`,
    ),
    allow(
      "Vault",
      of(
        "backup",
        "CreateBackupVault",
        "DescribeBackupVault",
        "DeleteBackupVault",
        "GetBackupVaultAccessPolicy",
        "GetBackupVaultNotifications",
        "ListRecoveryPointsByBackupVault",
        "DeleteRecoveryPoint",
        "CreateBackupPlan",
        "GetBackupPlan",
        "UpdateBackupPlan",
        "DeleteBackupPlan",
        "CreateBackupSelection",
        "GetBackupSelection",
        "DeleteBackupSelection",
        "CreateRestoreTestingPlan",
        "GetRestoreTestingPlan",
        "UpdateRestoreTestingPlan",
        "DeleteRestoreTestingPlan",
        "CreateRestoreTestingSelection",
        "GetRestoreTestingSelection",
        "UpdateRestoreTestingSelection",
        "DeleteRestoreTestingSelection",
        "ListTags",
        "TagResource",
        "UntagResource",
      ),
      "*",
      here,
    ),
    allow("VaultStorage", ["backup-storage:MountCapsule"], "*", here),
  ];
  const watching = [
    allow(
      "Dumps",
      of(
        "batch",
        "Describe*",
        ...["ComputeEnvironment", "JobQueue"].flatMap((what) => [`Create${what}`, `Update${what}`, `Delete${what}`]),
        "RegisterJobDefinition",
        "DeregisterJobDefinition",
        ...tags,
      ),
      "*",
      here,
    ),
    allow(
      "DumpSchedule",
      of("scheduler", "CreateSchedule", "GetSchedule", "UpdateSchedule", "DeleteSchedule"),
      arn("scheduler", `schedule/default/${physicalName("schedule", project, stack, "dump")}`),
    ),
    allow("ReadLogs", of("logs", "DescribeLogGroups", "DescribeMetricFilters"), "*"),
    allow(
      "Logs",
      of(
        "logs",
        "CreateLogGroup",
        "DeleteLogGroup",
        "PutRetentionPolicy",
        "DeleteRetentionPolicy",
        "PutMetricFilter",
        "DeleteMetricFilter",
        "ListTagsLogGroup",
        "TagLogGroup",
        ...tags,
      ),
      arn("logs", `log-group:/${prefix}/*`, `log-group:/aws/rds/instance/${physicalName("database", project, stack, "database")}*`),
    ),
    // What Route 53 measures of the site is in us-east-1 alone, and so are its alarm and who hears it.
    allow(
      "Alarms",
      of("cloudwatch", "PutMetricAlarm", "DescribeAlarms", "DeleteAlarms", "PutDashboard", "GetDashboard", "DeleteDashboards", ...tags),
      "*",
    ),
    allow(
      "Topics",
      of("sns", "CreateTopic", "DeleteTopic", "GetTopicAttributes", "SetTopicAttributes", "Subscribe", "ListSubscriptionsByTopic", ...tags),
      `arn:aws:sns:*:*:${prefix}-*`,
    ),
    allow("Subscriptions", of("sns", "Unsubscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes"), "*"),
    allow(
      "Events",
      of("events", "PutRule", "DescribeRule", "DeleteRule", "PutTargets", "RemoveTargets", "ListTargetsByRule", ...tags),
      arn("events", "rule/failed-*"),
    ),
    allow(
      "Names",
      of(
        "route53",
        "ListHostedZones",
        "ListHostedZonesByName",
        "GetHostedZone",
        "ListResourceRecordSets",
        "ChangeResourceRecordSets",
        "GetChange",
        "CreateHealthCheck",
        "GetHealthCheck",
        "UpdateHealthCheck",
        "DeleteHealthCheck",
        "ListTagsForResource",
        "ChangeTagsForResource",
      ),
      "*",
    ),
    allow("Budget", of("budgets", "ViewBudget", "ModifyBudget", ...tags), `arn:aws:budgets::*:budget/${prefix}-month`),
  ];
  const named = { machines, data, watching };
  return Object.fromEntries(
    Object.entries(named).map(([name, statements]) => [
      `${prefix}-deployer-${name}`,
      JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    ]),
  );
}
