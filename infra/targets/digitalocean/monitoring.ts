import { createHmac } from "node:crypto";
import { MonitorAlert } from "@pulumi/digitalocean/monitorAlert";
import { UptimeAlert } from "@pulumi/digitalocean/uptimeAlert";
import { UptimeCheck } from "@pulumi/digitalocean/uptimeCheck";
import * as pulumi from "@pulumi/pulumi";
import { databases } from "../../config/catalog/digitalocean";
import type { Secrets } from "../../config/load";
import { isHttp } from "../../services";
import type { StackSpec } from "../../config/spec";
import { healthCheckPath } from "../../host/healthCheck";
import { statusPath } from "../../host/features/monitoring";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import { Component } from "../component";
import type { ClusterDatabase } from "./database";
import type { DropletHost } from "./host";

interface Receivers {
  readonly emails: string[];
  readonly slacks: { channel: string; url: pulumi.Output<string> }[];
}

/** What a check from outside takes. */
interface Asking {
  readonly part: Component;
  readonly receivers: Receivers;
  readonly serving: pulumi.Resource;
}

/** What is watched of a machine: percent but for load, which counts waiting processes. */
const dropletAlerts = ({ host }: StackSpec) =>
  [
    { name: "cpu", type: "v1/insights/droplet/cpu", value: 90, window: "10m", says: "its cores have been busy" },
    { name: "memory", type: "v1/insights/droplet/memory_utilization_percent", value: 90, window: "10m", says: "its memory is used up" },
    { name: "disk", type: "v1/insights/droplet/disk_utilization_percent", value: 85, window: "5m", says: "its disk fills up" },
    {
      name: "load",
      type: "v1/insights/droplet/load_5",
      value: 2 * host.cpus,
      window: "10m",
      says: "more processes wait than it can serve",
    },
  ] as const;

/** Of a database. There is no alert of that service for its connections. */
const databaseAlerts = (cpus: number) =>
  [
    { name: "cpu", type: "v1/dbaas/alerts/cpu_alerts", value: 90, says: "its cores have been busy" },
    { name: "memory", type: "v1/dbaas/alerts/memory_utilization_alerts", value: 90, says: "its memory is used up" },
    { name: "disk", type: "v1/dbaas/alerts/disk_utilization_alerts", value: 75, says: "its disk fills up" },
    { name: "load", type: "v1/dbaas/alerts/load_15_alerts", value: 2 * cpus, says: "more processes wait than it can serve" },
  ] as const;

/** What is watched, and what it takes. */
export interface Watched {
  readonly host: DropletHost;
  /** null where there is no cluster. */
  readonly database: ClusterDatabase | null;
  /** There once the site is served. */
  readonly serving: pulumi.Resource;
  readonly secrets: Secrets;
}

/** Alerts by e-mail and Slack; with nobody to receive them there are none. E-mail addresses must be verified members of the team. */
export function monitoring(plan: StackPlan, { host, database, serving, secrets }: Watched): void {
  const { spec } = plan;
  const { emails, slack } = spec.monitoring;
  const receivers: Receivers = {
    emails: [...emails],
    slacks: slack === null || secrets.slackWebhook === undefined ? [] : [{ channel: slack.channel, url: secrets.slackWebhook }],
  };
  if (receivers.emails.length + receivers.slacks.length === 0) return;
  const part = new Component("Monitoring", "monitoring");
  for (const { name, type, value, window, says } of dropletAlerts(spec)) {
    const args = { type, compare: "GreaterThan", value, window, entities: [host.resource.id], enabled: true, alerts: receivers };
    new MonitorAlert(`alert-${name}`, { ...args, description: described(plan, "host", says) }, part.child);
  }
  if (database !== null && spec.database.kind === "managed") {
    for (const { name, type, value, says } of databaseAlerts(databases[spec.database.size]?.cpus ?? 1)) {
      const args = { type, compare: "GreaterThan", value, window: "10m", entities: [database.id], enabled: true, alerts: receivers };
      new MonitorAlert(`alert-database-${name}`, { ...args, description: described(plan, "database", says) }, part.child);
    }
  }
  uptime(plan, { part, receivers, serving });
  hostAlerts(plan, { part, receivers, serving }, statusPage(secrets));
}

/**
 * Name of the page by which the hosts' alerts are asked for. It follows from the stack's key, so that nobody has one more secret to make,
 * and tells nothing of it.
 */
export const statusPage = ({ sshPrivateKey }: Pick<Secrets, "sshPrivateKey">): pulumi.Output<string> =>
  pulumi.secret(sshPrivateKey.apply((key) => createHmac("sha256", key).update("status page").digest("hex").slice(0, 32)));

/**
 * The hosts cannot send e-mail themselves, since DigitalOcean closes the ports of it to many accounts: it asks them.
 * https://docs.digitalocean.com/support/why-is-smtp-blocked/
 */
function hostAlerts({ spec, site, labels }: StackPlan, { part, receivers, serving }: Asking, page: pulumi.Output<string>): void {
  const check = new UptimeCheck(
    "host-alerts",
    {
      name: physicalName("network", labels.project, labels.stack, "alerts"),
      target: pulumi.interpolate`${site.scheme}://${spec.site.domain}${statusPath}${page}`,
      type: site.scheme,
      regions: ["eu_west", "us_east"],
      enabled: true,
    },
    { ...part.child, dependsOn: serving },
  );
  const name = `${labels.app} ${labels.stack}: host alert`;
  new UptimeAlert("host-alerts-stand", { name, checkId: check.id, type: "down", period: "2m", notifications: [receivers] }, part.child);
}

/** Whether the site works, asked from two continents. */
function uptime({ spec, site, labels }: StackPlan, { part, receivers, serving }: Asking): void {
  const service = spec.services.find(isHttp);
  if (service === undefined) return;
  const check = new UptimeCheck(
    "uptime",
    {
      name: physicalName("network", labels.project, labels.stack),
      target: `${site.scheme}://${spec.site.domain}${healthCheckPath(service.name)}`,
      type: site.scheme,
      regions: ["eu_west", "us_east"],
      enabled: true,
    },
    { ...part.child, dependsOn: serving },
  );
  const alerts = [
    { name: "down", type: "down", period: "2m" },
    // Milliseconds.
    { name: "latency", type: "latency", threshold: 2000, comparison: "greater_than", period: "5m" },
    // Days. The host renews with 30 left and counts itself late with 21.
    ...(site.scheme === "https" ? [{ name: "certificate", type: "ssl_expiry", threshold: 14, comparison: "less_than", period: "1h" }] : []),
  ];
  for (const { name, ...args } of alerts) {
    const says = `${labels.app} ${labels.stack}: ${name}`;
    new UptimeAlert(`uptime-${name}`, { name: says, checkId: check.id, ...args, notifications: [receivers] }, part.child);
  }
}

const described = ({ labels }: StackPlan, what: string, says: string): string => `${labels.app} ${labels.stack}, ${what}: ${says}`;
