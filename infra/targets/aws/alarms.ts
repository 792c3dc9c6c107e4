import type { DatabaseClass, InstanceType } from "../../config/catalog/aws";
import type { StackPlan } from "../../plan/plan";
import { measures, type Names } from "../../host/cloudWatch";

/** What rings, and why; what it is about is filled in by whoever declares it. */
export interface Alarm {
  readonly name: string;
  /** First words of the e-mail: what is wrong, and what to do. */
  readonly says: string;
  readonly of: "host" | "database" | "vault" | "site" | "logs";
  readonly namespace: string;
  readonly metricName: string;
  readonly statistic: "Average" | "Maximum" | "Minimum" | "Sum";
  readonly comparisonOperator: "GreaterThanThreshold" | "LessThanThreshold" | "GreaterThanOrEqualToThreshold";
  readonly threshold: number;
  /** Seconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly treatMissingData: "breaching" | "notBreaching" | "missing";
}

const gib = 1024 ** 3;

/** Every alarm of a stack. Silence is an alarm, too, where something would always speak. */
export function alarmsOf(
  { spec }: StackPlan,
  names: Names,
  host: InstanceType | undefined,
  database: DatabaseClass | undefined,
): readonly Alarm[] {
  const above = {
    comparisonOperator: "GreaterThanThreshold",
    statistic: "Average",
    period: 300,
    evaluationPeriods: 3,
    treatMissingData: "missing",
  } as const;
  const below = { ...above, comparisonOperator: "LessThanThreshold" } as const;
  const ec2 = { of: "host", namespace: "AWS/EC2" } as const;
  const own = { of: "host", namespace: names.namespace, treatMissingData: "breaching" } as const;
  const rds = { of: "database", namespace: "AWS/RDS" } as const;
  const once = {
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    period: 300,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
  } as const;

  const all: Alarm[] = [
    {
      ...ec2,
      name: "host-status",
      says:
        "The machine or what it runs on is broken: reboot it; where that does not help, stop it and start it, which moves it to " +
        "other hardware.",
      metricName: "StatusCheckFailed",
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      period: 60,
      evaluationPeriods: 2,
      treatMissingData: "breaching",
    },
    {
      ...above,
      ...ec2,
      name: "host-cpu",
      says: "The machine has worked at over 80 % for a quarter of an hour.",
      metricName: "CPUUtilization",
      threshold: 80,
    },
    {
      ...above,
      ...own,
      name: "host-memory",
      says: "Over 90 % of the machine's memory is taken, or its agent is silent.",
      metricName: measures.memory,
      threshold: 90,
    },
    {
      ...above,
      ...own,
      name: "host-disk",
      says: "Over 80 % of the machine's disk is taken, or its agent is silent.",
      metricName: measures.disk,
      threshold: 80,
    },
    {
      name: "site-down",
      says: "The site does not answer from outside.",
      of: "site",
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      period: 60,
      evaluationPeriods: 2,
      treatMissingData: "breaching",
    },
  ];
  const charged = {
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    period: 3600,
    evaluationPeriods: 1,
    treatMissingData: "notBreaching",
    metricName: "CPUSurplusCreditsCharged",
  } as const;
  if (host?.burstable === true && spec.host.cpuCredits === "unlimited") {
    all.push({
      ...ec2,
      ...charged,
      name: "host-credits",
      says:
        "The machine works beyond its baseline for longer than a day makes up for, and costs more: see what it does, or take a " +
        "larger size.",
    });
  } else if (host?.burstable === true) {
    const [few, margin] = [20, 12];
    // A machine is born with none, and with what its first deployment owes: it has earned them by then, and this tells of one that does
    // not.
    all.push({
      ...below,
      ...ec2,
      name: "host-credits",
      says: "The machine has had nearly no CPU credits for hours, and is slow without them: see what it does, or take a larger size.",
      metricName: "CPUCreditBalance",
      threshold: few,
      evaluationPeriods: Math.ceil((few / host.creditsPerHour) * 12) + margin,
    });
  }
  if (spec.backup.enabled) {
    all.push({
      ...once,
      name: "backup-failed",
      says: "A backup failed: see `hostctl logs deploy`.",
      of: "logs",
      namespace: names.namespace,
      metricName: measures.failedBackups,
    });
  }
  if (spec.database.kind === "managed" && database !== undefined) {
    const { storageGiB, connections, memoryMiB } = spec.database;
    all.push(
      {
        ...above,
        ...rds,
        name: "database-cpu",
        says: "The database has worked at over 80 % for a quarter of an hour.",
        metricName: "CPUUtilization",
        threshold: 80,
      },
      {
        ...below,
        ...rds,
        name: "database-storage",
        says: "Under 15 % of the database's disk is left.",
        metricName: "FreeStorageSpace",
        threshold: Math.round(0.15 * storageGiB * gib),
      },
      {
        ...below,
        ...rds,
        name: "database-memory",
        says: "Under 5 % of the database's memory is left.",
        metricName: "FreeableMemory",
        threshold: Math.round(0.05 * memoryMiB * 1024 ** 2),
      },
      {
        ...above,
        ...rds,
        name: "database-connections",
        says: "Over 80 % of the database's connections are taken.",
        metricName: "DatabaseConnections",
        threshold: Math.floor(0.8 * connections),
      },
      {
        ...once,
        name: "database-backup-failed",
        says: "AWS Backup could not keep the database.",
        of: "vault",
        namespace: "AWS/Backup",
        metricName: "NumberOfBackupJobsFailed",
      },
    );
    if (database.burstable) {
      // RDS's burstable classes are unlimited, without a choice.
      // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html
      all.push({
        ...rds,
        ...charged,
        name: "database-credits",
        says:
          "The database works beyond its baseline for longer than a day makes up for, and costs more: look at its queries, or take a " +
          "larger class.",
      });
    }
  }
  return all;
}
