import { isHttp } from "../config/rules/rule";
import type { HostPlan, StackPlan } from "../plan/plan";
import { isKeeper } from "./backup";
import { file, type ManifestFile } from "./manifest";
import type { Settings } from "./settings";

/** The settings of a host that serves. */
export function settingsFile(plan: StackPlan, host: HostPlan): ManifestFile {
  return file("/etc/webstack/settings.json", `${JSON.stringify(settings(plan, host), null, 1)}\n`);
}

function settings(plan: StackPlan, host: HostPlan): Settings {
  const { backup, database, monitoring, services } = plan.spec;
  const { emails, smtp, sentry } = monitoring;
  const { schedule, keepDays, keepWeekly, keepMonthly, paths, drill } = backup;
  const site = plan.site.names[0] ?? "";
  return {
    version: 1,
    backup: isKeeper(plan, host) ? { schedule, keepDays, keepWeekly, keepMonthly, paths, drill } : null,
    monitoring: { emails, smtp, sentry },
    watchdog: { services: services.filter(isHttp).map(({ name, health }) => ({ name, path: health.live, host: site })) },
    externalDatabase: database.kind === "external" ? { dumps: backup.enabled, connections: database.connections } : null,
  };
}
