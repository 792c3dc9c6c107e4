import type { StackPlan } from "../../infra/plan/plan";
import { physicalName } from "../../infra/plan/names";

/** A list is a question of its own, whose answer, a text, is the word. */
export type Word = string | readonly string[];

/** One question to an account, which changes nothing there. */
export interface Check {
  /** Completes "Whether ...". */
  readonly asks: string;
  /** Words of the command after `aws`; its answer is JSON. */
  readonly words: readonly Word[];
  /** What is wrong with an answer; null for one that is right. */
  readonly wrong: (answer: unknown) => string | null;
}

const list = (answer: unknown): readonly unknown[] => (Array.isArray(answer) ? answer : []);

/** As many rows as there must be, each of which is one of these. */
const rows =
  (least: number, ...wanted: readonly string[]) =>
  (answer: unknown): string | null => {
    const got = list(answer).map(String);
    if (got.length < least) return `must be ${least} or more, got ${got.length}`;
    const others = wanted.length === 0 ? [] : got.filter((one) => !wanted.includes(one));
    return others.length === 0 ? null : `must be ${wanted.join(" or ")}, got ${others.join(", ")}`;
  };

/**
 * Each of them: who does not follow the link has no subscription any more after two days.
 * https://aws.amazon.com/about-aws/whats-new/2023/05/amazon-sns-automatic-deletion-unconfirmed-subscriptions/
 */
const confirmed = (what: string, region: readonly string[], topic: string, receivers: number): Check => ({
  asks: `whoever hears ${what} has confirmed it`,
  words: ["sns", "list-subscriptions", ...region, "--query", `Subscriptions[?ends_with(TopicArn, ':${topic}')].SubscriptionArn`],
  wrong: (answer) =>
    list(answer).includes("PendingConfirmation") ? "an e-mail waits for its link to be followed" : rows(receivers)(answer),
});

/**
 * What no simulation shows, of a stack that is up; twelve questions where it has a database, backups, a dump by Batch, images and
 * receivers.
 */
export function checksOf({ spec }: StackPlan): readonly Check[] {
  const { project, stack, database, backup, host, monitoring } = spec;
  const prefix = physicalName("host", project, stack);
  const region = ["--region", host.region] as const;
  const world = ["--region", "us-east-1"] as const;
  const vault = physicalName("vault", project, stack, "database");
  const checks: readonly (Check | false)[] = [
    {
      asks: "one machine runs, whose metadata answer to IMDSv2 alone",
      words: [
        "ec2",
        "describe-instances",
        ...region,
        "--filters",
        `Name=tag:Name,Values=${prefix}-web-0`,
        "Name=instance-state-name,Values=running",
        "--query",
        "Reservations[].Instances[].MetadataOptions.HttpTokens",
      ],
      wrong: (answer) => (list(answer).length === 1 ? rows(1, "required")(answer) : `must be one machine, got ${list(answer).length}`),
    },
    database.kind === "managed" && {
      asks: `the database serves, in version ${database.version}, encrypted, without a public address, and RDS keeps its master's password`,
      words: [
        "rds",
        "describe-db-instances",
        ...region,
        "--query",
        "DBInstances[?starts_with(DBInstanceIdentifier, " +
          `'${physicalName("database", project, stack, "database")}')].` +
          "[DBInstanceStatus,EngineVersion,StorageEncrypted,PubliclyAccessible,MasterUserSecret.SecretStatus] | [0]",
      ],
      wrong: (answer) => {
        const [status, version, encrypted, open, secret] = list(answer);
        const right =
          status === "available" &&
          (version === database.version || String(version).startsWith(`${database.version}.`)) &&
          encrypted === true &&
          open === false &&
          secret === "active";
        return right ? null : `must be available, ${database.version}, true, false, active, got ${list(answer).join(", ")}`;
      },
    },
    database.kind === "managed" && {
      asks: "AWS Backup keeps the database (from the day after the first up)",
      words: [
        "backup",
        "list-recovery-points-by-backup-vault",
        ...region,
        "--backup-vault-name",
        vault,
        "--query",
        "RecoveryPoints[].Status",
      ],
      wrong: rows(1, "COMPLETED"),
    },
    database.kind === "managed" && {
      asks: "AWS Backup's rehearsal of a restore is found, and has begun (from the first Sunday after the first up)",
      words: [
        "backup",
        "get-restore-testing-plan",
        ...region,
        "--restore-testing-plan-name",
        vault.replaceAll("-", "_"),
        "--query",
        "RestoreTestingPlan.[LastExecutionTime]",
      ],
      wrong: (answer) => (list(answer)[0] === null ? "it has not begun yet" : rows(1)(answer)),
    },
    backup.enabled && {
      asks: "the machine's own backups reach its bucket (from the day after the first up)",
      words: [
        "s3api",
        "list-objects-v2",
        ...region,
        "--bucket",
        [
          "s3api",
          "list-buckets",
          ...region,
          "--query",
          `sort_by(Buckets[?starts_with(Name, '${physicalName("bucket", project, stack, "backups")}-')], &CreationDate)[-1].Name`,
        ],
        "--prefix",
        "host/snapshots/",
        "--max-items",
        "1",
        "--query",
        "Contents[].Key",
      ],
      wrong: rows(1),
    },
    backup.batch !== null && {
      asks: "Batch dumps the database, for which a new account needs ECS's own role (from the day after the first up)",
      words: [
        "batch",
        "list-jobs",
        ...region,
        "--job-queue",
        ["batch", "describe-job-queues", ...region, "--query", `jobQueues[?tags.stack=='${stack}'].jobQueueName | [0]`],
        "--job-status",
        "SUCCEEDED",
        "--query",
        "jobSummaryList[].status",
      ],
      wrong: rows(1, "SUCCEEDED"),
    },
    host.snapshots.every !== "never" && {
      asks: `images of the machine are made (from the ${host.snapshots.every} after the first up)`,
      words: [
        "ec2",
        "describe-images",
        ...region,
        "--owners",
        "self",
        "--filters",
        `Name=tag:Name,Values=${prefix}-web-0`,
        "--query",
        "Images[].State",
      ],
      wrong: rows(1, "available"),
    },
    {
      asks: "the machine's agent tells memory and disk",
      words: [
        "cloudwatch",
        "list-metrics",
        ...region,
        "--namespace",
        prefix,
        "--recently-active",
        "PT3H",
        "--query",
        "Metrics[].MetricName",
      ],
      wrong: (answer) =>
        ["mem_used_percent", "disk_used_percent"].every((name) => list(answer).includes(name))
          ? null
          : `must have mem_used_percent and disk_used_percent, got ${[...new Set(list(answer).map(String))].join(", ") || "nothing"}`,
    },
    {
      asks: "no alarm rings an hour after the first up",
      words: ["cloudwatch", "describe-alarms", ...region, "--alarm-name-prefix", `${prefix}-`, "--query", "MetricAlarms[].StateValue"],
      wrong: rows(5, "OK", "INSUFFICIENT_DATA"),
    },
    {
      asks: "the world sees the site",
      words: ["cloudwatch", "describe-alarms", ...world, "--alarm-names", `${prefix}-site-down`, "--query", "MetricAlarms[].StateValue"],
      wrong: rows(1, "OK"),
    },
    monitoring.emails.length > 0 && confirmed("alarms", region, `${prefix}-alarms`, monitoring.emails.length),
    // What Route 53 finds has a topic of its own, with links of its own to follow.
    monitoring.emails.length > 0 &&
      host.region !== "us-east-1" &&
      confirmed("that the world does not see the site", world, `${prefix}-alarms-site`, monitoring.emails.length),
  ];
  return checks.filter((check) => check !== false);
}
