import { Plan, RestoreTestingPlan, RestoreTestingSelection, Selection, Vault } from "@pulumi/aws/backup";
import { Role, RolePolicyAttachment } from "@pulumi/aws/iam";
import {
  Bucket,
  BucketLifecycleConfiguration,
  BucketOwnershipControls,
  BucketPolicy,
  BucketPublicAccessBlock,
  BucketServerSideEncryptionConfiguration,
  BucketVersioning,
} from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { physicalName } from "../../plan/names";
import { isProtected } from "../../plan/protection";
import type { RdsDatabase } from "./database";
import { onlyEncrypted, serviceTrust } from "./policies";
import { named, type Scope } from "./scope";

export const prefixes = { host: "host", dumps: "dumps" } as const;

export interface Storage {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  /** restic's name of the repository; it logs in as the machine. */
  readonly repository: pulumi.Output<string>;
}

/**
 * A bucket that only this stack reads, encrypted, with old versions kept for a month against a deletion by mistake. It stays when the stack
 * goes, and so does what closes it: the last backup is in it.
 */
export function awsStorage(scope: Scope): Storage {
  const { plan, kept, region } = scope;
  const { spec } = plan;
  const options = { ...scope.options, retainOnDelete: true };
  const bucket = new Bucket(
    "backups",
    { bucketPrefix: `${physicalName("bucket", spec.project, spec.stack, "backups")}-`, tags: named(scope, "backups") },
    { ...kept, retainOnDelete: true },
  );
  const of = { bucket: bucket.id };
  const closed = new BucketPublicAccessBlock(
    "backups-private",
    { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    options,
  );
  new BucketOwnershipControls("backups-owner", { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, options);
  const versioning = new BucketVersioning("backups-versions", { ...of, versioningConfiguration: { status: "Enabled" } }, options);
  new BucketServerSideEncryptionConfiguration(
    "backups-encryption",
    { ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, bucketKeyEnabled: true }] },
    options,
  );
  new BucketLifecycleConfiguration(
    "backups-lifecycle",
    {
      ...of,
      rules: [
        {
          id: "deleted",
          status: "Enabled",
          filter: { prefix: "" },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          expiration: { expiredObjectDeleteMarker: true },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        ...(spec.backup.batch === null
          ? []
          : [
              {
                id: "dumps",
                status: "Enabled",
                filter: { prefix: `${prefixes.dumps}/` },
                expiration: { days: spec.backup.batch.keepDays },
              },
            ]),
      ],
    },
    { ...options, dependsOn: versioning },
  );
  new BucketPolicy("backups-policy", { ...of, policy: onlyEncrypted(bucket.arn) }, { ...options, dependsOn: closed });
  return {
    bucketName: bucket.bucket,
    bucketArn: bucket.arn,
    repository: pulumi.interpolate`s3:https://s3.${region}.amazonaws.com/${bucket.bucket}/${prefixes.host}`,
  };
}

export interface BackupPlan {
  readonly vaultName: pulumi.Output<string>;
  /** ARN of the role with which AWS Backup keeps and restores. */
  readonly roleArn: pulumi.Output<string>;
}

/**
 * What AWS itself keeps of the database, in a vault of its own: every day for a week, the first of each month for a year; and a copy that
 * it restores each week to see that it can. An hour after RDS's own backups, which must not run at the same time.
 */
export function awsBackupPlan(scope: Scope, database: RdsDatabase): BackupPlan {
  const { plan, options, kept, account } = scope;
  const { spec } = plan;
  const name = physicalName("vault", spec.project, spec.stack, "database");
  if (spec.database.kind !== "managed") throw new Error("a stack without a database has none to keep");
  const at = (spec.database.maintenance.hour + 4) % 24;
  const role = new Role(
    "database-backup-role",
    { assumeRolePolicy: serviceTrust("backup.amazonaws.com", account), tags: named(scope, "database-backup") },
    options,
  );
  // AWS's own lists for the service, which it extends when the service learns to do more. They name resources with * because they hold
  // for every account; the role is lent to the service alone.
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
  const mayKeep = ["Backup", "Restores"].map(
    (what) =>
      new RolePolicyAttachment(
        `database-backup-${what.toLowerCase()}`,
        { role: role.name, policyArn: `arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor${what}` },
        options,
      ),
  );
  // It goes with the stack: AWS Backup deletes what is over by its plan's role, so a vault that stayed would keep everything for ever.
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/deleting-backups.html
  // And before the role, without which what is in it would not be deleted and become EXPIRED:
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteRecoveryPoint.html
  const vault = new Vault(
    "database-vault",
    { name, forceDestroy: !isProtected(spec), tags: named(scope, "database") },
    { ...kept, dependsOn: mayKeep },
  );
  const backups = new Plan(
    "database-plan",
    {
      name,
      rules: [
        {
          ruleName: "daily",
          targetVaultName: vault.name,
          schedule: `cron(0 ${at} * * ? *)`,
          startWindow: 60,
          completionWindow: 300,
          lifecycle: { deleteAfter: 7 },
        },
        {
          ruleName: "monthly",
          targetVaultName: vault.name,
          schedule: `cron(0 ${(at + 6) % 24} 1 * ? *)`,
          startWindow: 60,
          completionWindow: 300,
          lifecycle: { deleteAfter: 365 },
        },
      ],
      tags: named(scope, "database"),
    },
    options,
  );
  // Of one name there is one selection in a plan, and the provider replaces it whatever changes.
  const one = { ...options, dependsOn: mayKeep, deleteBeforeReplace: true };
  new Selection("database-plan-selection", { name: "database", planId: backups.id, iamRoleArn: role.arn, resources: [database.arn] }, one);
  const rehearsals = new RestoreTestingPlan(
    "database-rehearsal",
    {
      // Letters, digits and _ alone.
      name: name.replaceAll("-", "_"),
      scheduleExpression: `cron(0 ${(at + 12) % 24} ? * SUN *)`,
      startWindowHours: 1,
      recoveryPointSelection: {
        algorithm: "LATEST_WITHIN_WINDOW",
        includeVaults: [vault.arn],
        recoveryPointTypes: ["SNAPSHOT"],
        selectionWindowDays: 7,
      },
      tags: named(scope, "database"),
    },
    options,
  );
  new RestoreTestingSelection(
    "database-rehearsal-selection",
    {
      name: "database",
      restoreTestingPlanName: rehearsals.name,
      protectedResourceType: "RDS",
      protectedResourceArns: [database.arn],
      iamRoleArn: role.arn,
      restoreMetadataOverrides: { dbSubnetGroupName: database.subnetGroup },
      validationWindowHours: 1,
    },
    // The provider's update leaves the old database in it: https://github.com/hashicorp/terraform-provider-aws/issues/48316
    { ...one, replaceOnChanges: ["protectedResourceArns"] },
  );
  return { vaultName: vault.name, roleArn: role.arn };
}
