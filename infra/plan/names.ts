import { createHash } from "node:crypto";
import type { Labels } from "./plan";

/** Longest names that each kind of thing may have, with the rule's source. */
const limits = {
  /** A host name is a DNS label: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.1 */
  host: 63,
  /** Linux interface names are 15 bytes, which the provider deals with; this is the network's own name. */
  network: 63,
  /**
   * Clusters: https://docs.digitalocean.com/products/databases/postgresql/how-to/create/ and RDS:
   * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   */
  database: 63,
  /**
   * The first part of a bucket's name, to which 27 characters are added:
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
   */
  bucket: 36,
  /**
   * A vault of AWS Backup, a plan, a plan of restore tests:
   * https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
   */
  vault: 50,
  /** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
  schedule: 64,
} as const;

/** Begins the names of what a stack has in a cloud. */
export const stackName = ({ project, stack }: Pick<Labels, "project" | "stack">): string => physicalName("host", project, stack);

/**
 * The name people see on a machine or in a console: parts joined by "-". Over the limit it is cut and ends in five
 * characters of a hash of the whole, so that two long names stay two. Never two "-" at the cut, which RDS takes in no name.
 */
export function physicalName(kind: keyof typeof limits, ...parts: readonly string[]): string {
  const whole = parts.join("-");
  const limit = limits[kind];
  if (whole.length <= limit) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 5);
  return `${whole.slice(0, limit - 6).replace(/-+$/, "")}-${hash}`;
}
