import { Budget } from "@pulumi/aws/budgets";
import { Dashboard, EventRule, EventTarget, LogGroup, LogMetricFilter, MetricAlarm } from "@pulumi/aws/cloudwatch";
import { HealthCheck } from "@pulumi/aws/route53";
import { Topic, TopicPolicy, TopicSubscription } from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { databases, instances } from "../../config/catalog/aws";
import { isHttp } from "../../services";
import { healthCheckPath } from "../../host/healthCheck";
import type { CloudMachine } from "../bringUp";
import { alarmsOf, type Alarm } from "./alarms";
import type { BackupPlan } from "./backup";
import type { RdsDatabase } from "./database";
import { dashboardBody } from "./dashboard";
import type { Dump } from "./dump";
import { measures, namesOf, type Names } from "../../host/cloudWatch";
import { tellTopic } from "./policies";
import { named, type Scope } from "./scope";

/**
 * Route 53 measures the site from the whole world, and keeps what it found in this region alone.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
 */
const healthRegion = "us-east-1";

export interface Logs {
  readonly host: LogGroup;
  readonly dumps: LogGroup | null;
}

/** Log groups and how long each keeps what it is told: a month, three for what says who worked on the site. */
export function awsLogs(scope: Scope): Logs {
  const { plan, options, prefix } = scope;
  const { spec } = plan;
  const group = (name: string, path: string, retentionInDays: number) =>
    new LogGroup(name, { name: path, retentionInDays, tags: named(scope, name) }, options);
  return {
    host: group("host-logs", namesOf(prefix).hostLogs, 90),
    dumps: spec.backup.batch === null ? null : group("dump-logs", `/${prefix}/dumps`, 30),
  };
}

interface Watched {
  readonly host: CloudMachine;
  /** The site's public address. */
  readonly address: pulumi.Output<string>;
  /** There once the site's address leads to a host that serves. */
  readonly serving: pulumi.Resource;
  readonly database: RdsDatabase | null;
  /** What AWS Backup keeps of it; null where there is none. */
  readonly kept: BackupPlan | null;
  readonly dump: Dump | null;
  readonly logs: Logs;
  readonly topics: Topics;
}

/** Where alarms are told. */
export interface Topics {
  /** In the stack's region; the host tells its own alerts there, too. */
  readonly own: Topic;
  /** Of what Route 53 finds. */
  readonly world: Topic;
}

export function awsTopics(scope: Scope): Topics {
  const own = alarmTopic(scope, "alarms", scope.region);
  return { own, world: scope.region === healthRegion ? own : alarmTopic(scope, "alarms-site", healthRegion) };
}

/** Alarms and who hears of them, a picture of how the site is, and what it may cost. */
export function awsMonitoring(scope: Scope, watched: Watched): void {
  const { plan, options } = scope;
  const { spec } = plan;
  const names = namesOf(scope.prefix);
  const { own: topic, world: worldTopic } = watched.topics;

  new LogMetricFilter(
    "failed-backups",
    {
      logGroupName: watched.logs.host.name,
      pattern: '{ ($.step = "BACKUP") && ($.ok IS FALSE) }',
      metricTransformation: { name: measures.failedBackups, namespace: names.namespace, value: "1", defaultValue: "0", unit: "Count" },
    },
    options,
  );
  const check = healthCheck(scope, watched);
  const alarms = alarmsOf(
    plan,
    names,
    instances[spec.host.size],
    spec.database.kind !== "managed" ? undefined : databases[spec.database.size],
  );
  for (const alarm of alarms) {
    const of = dimensions(alarm.of, watched, check);
    if (of !== null) declareAlarm(scope, alarm, of, alarm.of === "site" ? worldTopic : topic);
  }
  if (watched.dump !== null) {
    told(scope, topic, "failed-dump", {
      description: "a dump of the database failed",
      source: ["aws.batch"],
      "detail-type": ["Batch Job State Change"],
      detail: { status: ["FAILED"], jobQueue: [watched.dump.queueArn] },
    });
  }
  if (watched.kept !== null) {
    // Its measure has no dimension that every failure has. The role is this stack's alone; an event that names none is told, too.
    // https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    const detail = { resourceType: ["RDS"], status: ["FAILED", "ABORTED"], iamRoleArn: [watched.kept.roleArn, { exists: false }] };
    told(scope, topic, "failed-restore", {
      description: "AWS Backup could not restore the database in its weekly rehearsal",
      source: ["aws.backup"],
      "detail-type": ["Restore Job State Change"],
      detail,
    });
  }
  dashboard(scope, names, watched, check);
  if (spec.monitoring.budget > 0) budget(scope);
}

function alarmTopic(scope: Scope, name: string, region: string): Topic {
  const { plan, options, account } = scope;
  const topic = new Topic(name, { name: `${scope.prefix}-${name}`, region, tags: named(scope, name) }, options);
  new TopicPolicy(`${name}-policy`, { arn: topic.arn, region, policy: tellTopic(topic.arn, account) }, options);
  for (const [index, endpoint] of plan.spec.monitoring.emails.entries()) {
    // Each receiver confirms by a link in a first e-mail.
    new TopicSubscription(`${name}-${index}`, { topic: topic.arn, region, protocol: "email", endpoint }, options);
  }
  return topic;
}

/** Asks whether the site works, by the way that visitors go; three failures in a row, 30 seconds apart, are an outage. */
function healthCheck(scope: Scope, { address, serving }: Pick<Watched, "address" | "serving">): HealthCheck {
  const { spec, site } = scope.plan;
  const service = spec.services.find(isHttp);
  const encrypted = site.scheme === "https";
  const where = spec.site.domain === "" ? { ipAddress: address } : { fqdn: spec.site.domain };
  return new HealthCheck(
    "site-check",
    {
      type: encrypted ? "HTTPS" : "HTTP",
      ...where,
      port: encrypted ? 443 : 80,
      resourcePath: service === undefined ? "/" : healthCheckPath(service.name),
      ...(encrypted ? { enableSni: true } : {}),
      requestInterval: 30,
      failureThreshold: 3,
      tags: named(scope, "site"),
    },
    // Not before there is somebody who answers at that path.
    { ...scope.options, dependsOn: serving },
  );
}

/** The one thing an alarm is about, as CloudWatch tells it from others of its kind. */
function dimensions(of: Alarm["of"], watched: Watched, check: HealthCheck): Record<string, pulumi.Input<string>> | null {
  switch (of) {
    case "host":
      return { InstanceId: watched.host.resource.id };
    case "database":
      return watched.database === null ? null : { DBInstanceIdentifier: watched.database.identifier };
    case "vault":
      return watched.kept === null ? null : { BackupVaultName: watched.kept.vaultName };
    case "site":
      return { HealthCheckId: check.id };
    case "logs":
      return {};
    default:
      throw new Error(`nothing is ${String(of satisfies never)}`);
  }
}

function declareAlarm(scope: Scope, alarm: Alarm, of: Record<string, pulumi.Input<string>>, topic: Topic): void {
  const { name, says, of: kind, ...rest } = alarm;
  new MetricAlarm(
    name,
    {
      ...rest,
      name: `${scope.prefix}-${name}`,
      alarmDescription: says,
      ...(Object.keys(of).length === 0 ? {} : { dimensions: of }),
      ...(kind === "site" ? { region: healthRegion } : {}),
      alarmActions: [topic.arn],
      okActions: [topic.arn],
      tags: named(scope, name),
    },
    scope.options,
  );
}

/** An event of the account: what it says to people, and by what it is known. */
interface Told {
  readonly description: string;
  readonly source: readonly string[];
  readonly "detail-type": readonly string[];
  readonly detail: object;
}

/** What failed is told at once, with no measure in between. */
function told(scope: Scope, topic: Topic, name: string, { description, ...pattern }: Told): void {
  const rule = new EventRule(name, { description, eventPattern: pulumi.jsonStringify(pattern), tags: named(scope, name) }, scope.options);
  new EventTarget(`${name}-told`, { rule: rule.name, arn: topic.arn }, scope.options);
}

function dashboard(scope: Scope, names: Names, watched: Watched, check: HealthCheck): void {
  const body = pulumi
    .all([watched.host.resource.id, watched.database?.identifier ?? null, check.id])
    .apply(([machine, database, site]) => JSON.stringify(dashboardBody(names, scope.region, healthRegion, { machine, database, site })));
  new Dashboard("dashboard", { dashboardName: scope.prefix, dashboardBody: body }, scope.options);
}

/**
 * Counts everything the account pays for: a filter by tag would count nothing, and so never warn, until somebody made the tag one of its
 * bills.
 */
function budget(scope: Scope): void {
  const { monitoring } = scope.plan.spec;
  const alert = (threshold: number, notificationType: "ACTUAL" | "FORECASTED") => ({
    comparisonOperator: "GREATER_THAN",
    threshold,
    thresholdType: "PERCENTAGE",
    notificationType,
    subscriberEmailAddresses: [...monitoring.emails],
  });
  new Budget(
    "budget",
    {
      name: `${scope.prefix}-month`,
      budgetType: "COST",
      limitAmount: String(monitoring.budget),
      limitUnit: "USD",
      timeUnit: "MONTHLY",
      notifications: [alert(80, "ACTUAL"), alert(100, "ACTUAL"), alert(100, "FORECASTED")],
      tags: named(scope, "budget"),
    },
    scope.options,
  );
}
