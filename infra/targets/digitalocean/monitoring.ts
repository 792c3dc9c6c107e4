import { createHmac } from "node:crypto";
import type { DatabaseCluster } from "@pulumi/digitalocean/databaseCluster";
import type { Droplet } from "@pulumi/digitalocean/droplet";
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

interface Receivers {
  readonly emails: string[];
  readonly slacks: { channel: string; url: pulumi.Output<string> }[];
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

/** Alerts by e-mail and Slack; with nobody to receive them there are none. E-mail addresses must be verified members of the team. */
export function monitoring(
  plan: StackPlan,
  machine: Droplet,
  cluster: DatabaseCluster | null,
  serving: pulumi.Resource,
  secrets: Secrets,
): void {
  const { spec } = plan;
  const { emails, slack } = spec.monitoring;
  const receivers: Receivers = {
    emails: [...emails],
    slacks: slack === null || secrets.slackWebhook === undefined ? [] : [{ channel: slack.channel, url: secrets.slackWebhook }],
  };
  if (receivers.emails.length + receivers.slacks.length === 0) return;
  for (const { name, type, value, window, says } of dropletAlerts(spec)) {
    new MonitorAlert(`alert-${name}`, {
      type,
      compare: "GreaterThan",
      value,
      window,
      entities: [machine.id],
      enabled: true,
      alerts: receivers,
      description: described(plan, "host", says),
    });
  }
  if (cluster !== null && spec.database.kind === "managed") {
    for (const { name, type, value, says } of databaseAlerts(databases[spec.database.size]?.cpus ?? 1)) {
      const args = { type, compare: "GreaterThan", value, window: "10m", entities: [cluster.id], enabled: true, alerts: receivers };
      new MonitorAlert(`alert-database-${name}`, { ...args, description: described(plan, "database", says) });
    }
  }
  uptime(plan, receivers, serving);
  hostAlerts(plan, receivers, serving, statusPage(secrets));
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
function hostAlerts({ spec, site, labels }: StackPlan, receivers: Receivers, serving: pulumi.Resource, page: pulumi.Output<string>): void {
  const check = new UptimeCheck(
    "host-alerts",
    {
      name: physicalName("network", labels.project, labels.stack, "alerts"),
      target: pulumi.interpolate`${site.scheme}://${spec.site.domain}${statusPath}${page}`,
      type: site.scheme,
      regions: ["eu_west", "us_east"],
      enabled: true,
    },
    { dependsOn: serving },
  );
  new UptimeAlert("host-alerts-stand", {
    name: `${labels.app} ${labels.stack}: host alert`,
    checkId: check.id,
    type: "down",
    period: "2m",
    notifications: [receivers],
  });
}

/** Whether the site works, asked from two continents. */
function uptime({ spec, site, labels }: StackPlan, receivers: Receivers, serving: pulumi.Resource): void {
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
    { dependsOn: serving },
  );
  const alerts = [
    { name: "down", type: "down", period: "2m" },
    // Milliseconds.
    { name: "latency", type: "latency", threshold: 2000, comparison: "greater_than", period: "5m" },
    // Days. The host renews with 30 left and counts itself late with 21.
    ...(site.scheme === "https" ? [{ name: "certificate", type: "ssl_expiry", threshold: 14, comparison: "less_than", period: "1h" }] : []),
  ];
  for (const { name, ...args } of alerts)
    new UptimeAlert(`uptime-${name}`, {
      name: `${labels.app} ${labels.stack}: ${name}`,
      checkId: check.id,
      ...args,
      notifications: [receivers],
    });
}

const described = ({ labels }: StackPlan, what: string, says: string): string => `${labels.app} ${labels.stack}, ${what}: ${says}`;
