import { databases, instances, regions } from "../../config/catalog/aws";
import { debianNames, isDebian } from "../../config/catalog/debian";
import type { Problem } from "../../config/problems";
import { isOwnImage } from "../../config/targets";
import type { StackPlan } from "../../plan/plan";
import { today } from "../ended";
import { largestDiskGiB } from "./dump";
import { endedVersion } from "./versions";

interface Rule {
  readonly at: string;
  readonly broken: boolean;
  readonly must: string;
  readonly got: unknown;
  readonly hint?: string;
}

/** What a stack may ask for that AWS, or this project on it, does not have; `day` is the one on which it is asked, "2026-11-22". */
export function check({ spec }: StackPlan, day = today()): readonly Problem[] {
  const { host, site, network, monitoring } = spec;
  const bits = Number(network.range.split("/")[1]);
  const rules: readonly Rule[] = [
    // RDS takes no two hyphens and S3 no capital and no _ in the names that are made of it.
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    {
      at: "stack",
      broken: !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(spec.stack),
      must: 'must be named in lower-case letters and digits, with single "-" between them, when target is aws',
      got: spec.stack,
      hint: `npm run pulumi -- ${spec.stack} stack rename NAME`,
    },
    {
      at: "host.image",
      broken: !isDebian(host.image) && !isOwnImage("aws", host.image),
      must:
        `must be ${oneOf(debianNames)} when target is aws, or an image that was made of a host of this stack, such as ` +
        `"ami-0123456789abcdef0"`,
      got: host.image,
      hint: "aws ec2 describe-images --owners self names them",
    },
    {
      at: "host.region",
      broken: regions[host.region] === undefined,
      must: `must be ${oneOf(Object.keys(regions))} when target is aws`,
      got: host.region,
    },
    {
      at: "host.size",
      broken: instances[host.size] === undefined,
      must: `must be ${oneOf(Object.keys(instances))} when target is aws`,
      got: host.size,
    },
    {
      at: "host.cpuCredits",
      broken: host.cpuCredits !== "unlimited" && instances[host.size]?.burstable === false,
      must: "must be left out for a size that is not burstable, which has no credits",
      got: host.cpuCredits,
      hint: "or take a t3, t3a or t4g size",
    },
    // An Elastic IP is known only once it is there, and nginx answers to no name that it was not told.
    {
      at: "site.domain",
      broken: site.domain === "",
      must: "must be set when target is aws",
      got: site.domain,
      hint: "for example domain: www.ocpizza.fr",
    },
    // Four subnets, the smallest of which has 16 addresses. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    {
      at: "network.range",
      broken: bits > 26,
      must: "must be /16 to /26 when target is aws, since it is cut into four subnets",
      got: network.range,
    },
    {
      at: "monitoring.emails",
      broken: monitoring.budget > 0 && monitoring.emails.length === 0,
      must: "must name a receiver when there is a monitoring.budget",
      got: monitoring.emails,
      hint: "for example emails: [ops@ocpizza.fr]",
    },
    // https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Subscriber.html: ten e-mail addresses for each alert.
    {
      at: "monitoring.emails",
      broken: monitoring.emails.length > 10,
      must: "must name at most 10 receivers when target is aws",
      got: monitoring.emails,
    },
    ...databaseRules(spec),
  ];
  const broken = rules
    .filter((rule) => rule.broken)
    .map(({ at, must, got, hint }) => ({ at, must, got, ...(hint === undefined ? {} : { hint }) }));
  return [...broken, ...(spec.database.kind !== "managed" ? [] : endedVersion(spec.database, day))];
}

const oneOf = (words: readonly string[]): string => `one of ${words.join(", ")}`;

/**
 * Names that RDS keeps for itself, beside those of the engines; ours is the master's.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
 */
const takenUser = /^(admin|rdsadmin|rdsrepladmin|rdsproxyadmin|rdstopmgr|rds_.*|webstack_admin)$/;

function databaseRules({ database, backup }: StackPlan["spec"]): readonly Rule[] {
  if (database.kind !== "managed")
    return backup.batch === null
      ? []
      : [{ at: "backup.batch", broken: true, must: "must be left out where there is no database of RDS", got: backup.batch }];
  const { storageGiB, storageLimitGiB, engine, user } = database;
  // Both of the app's logins are called after its user, with two characters added. hostctl/database/login.py
  const leap = Math.ceil((11 * storageGiB) / 10);
  const longest = engine === "mysql" ? 30 : 61;
  return [
    {
      at: "database.size",
      broken: databases[database.size] === undefined,
      must: `must be ${oneOf(Object.keys(databases))} when target is aws`,
      got: database.size,
    },
    { at: "database.storageGiB", broken: storageGiB < 20, must: "must be at least 20 when target is aws", got: storageGiB },
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
    {
      at: "database.storageLimitGiB",
      broken: storageLimitGiB > storageGiB && storageLimitGiB < leap,
      must: `must be storageGiB, ${storageGiB}, or at least a tenth more, ${leap}, when target is aws`,
      got: storageLimitGiB,
    },
    { at: "database.user", broken: takenUser.test(user), must: "must not be a name that RDS or this project keeps for itself", got: user },
    {
      at: "database.user",
      broken: user.length > longest,
      must: `must have at most ${longest} characters when target is aws, which adds two`,
      got: user,
    },
    {
      at: "backup.batch",
      broken: backup.batch !== null && !backup.enabled,
      must: "must be left out where backup.enabled is false, since both use one bucket",
      got: backup.batch,
    },
    {
      at: "backup.batch",
      broken: backup.batch !== null && storageLimitGiB > largestDiskGiB,
      must: `must be left out where database.storageLimitGiB is over ${largestDiskGiB}, which is all the disk that a job gets`,
      got: backup.batch,
      hint: "the host's own backups need no disk",
    },
  ];
}
