import { SpacesBucket } from "@pulumi/digitalocean/spacesBucket";
import { SpacesKey } from "@pulumi/digitalocean/spacesKey";
import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../../config/load";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import { isProtected } from "../../plan/protection";
import { backupRepository } from "../backup";
import { Component } from "../component";
import type { Host } from "../delivery";

/**
 * Days for which a deleted or overwritten file of the repository can be had back: whoever takes the host over cannot take the backups at
 * once.
 */
const keptDays = 30;

export interface BackupBucket {
  /** DigitalOcean's own name of it. */
  readonly urn: pulumi.Output<string>;
  keepBackupsOf(host: Host, applied: pulumi.Resource): void;
}

/** A bucket for restic and a key that opens this bucket alone. The bucket stays when the stack goes: the last backup is in it. */
export function backupBucket({ spec, labels }: StackPlan, secrets: Secrets): BackupBucket {
  const { region } = spec.host;
  const { child } = new Component("Backup", "backup");
  // No name: all customers share the names, so it gets a random end.
  const bucket = new SpacesBucket(
    "backups",
    {
      region,
      acl: "private",
      versioning: { enabled: true },
      lifecycleRules: [
        { id: "old-versions", enabled: true, abortIncompleteMultipartUploadDays: 7, noncurrentVersionExpiration: { days: keptDays } },
      ],
    },
    { ...child, protect: isProtected(spec), retainOnDelete: true },
  );
  const key = new SpacesKey(
    "backups-key",
    {
      name: physicalName("network", labels.project, labels.stack, "backups"),
      grants: [{ bucket: bucket.name, permission: "readwrite" }],
    },
    child,
  );
  const repository = pulumi.interpolate`s3:https://${region}.digitaloceanspaces.com/${bucket.name}/restic`;
  return {
    urn: bucket.bucketUrn,
    keepBackupsOf(host, applied) {
      const access = { AWS_ACCESS_KEY_ID: key.accessKey, AWS_SECRET_ACCESS_KEY: key.secretKey };
      backupRepository(host, { repository, access }, applied, secrets);
    },
  };
}
