import type { HostPlan, StackPlan } from "../../plan/plan";
import { httpServices } from "../../services";
import type { Feature } from "../feature";
import { file } from "../manifest";
import type { Settings } from "../settings";
import { isKeeper } from "./backup";

/** What hostctl is told of the description. */
export const settings: Feature = (plan, host) => ({
  files: [file("/etc/webstack/settings.json", `${JSON.stringify(settingsOf(plan, host), null, 1)}\n`)],
});

function settingsOf(plan: StackPlan, host: HostPlan): Settings {
  const { backup, database, monitoring, services } = plan.spec;
  const { emails, smtp, sentry } = monitoring;
  const { schedule, keepDays, keepWeekly, keepMonthly, paths, drill } = backup;
  const site = plan.site.names[0] ?? "";
  return {
    version: 1,
    backup: isKeeper(plan, host) ? { schedule, keepDays, keepWeekly, keepMonthly, paths, drill } : null,
    monitoring: { emails, smtp, sentry },
    watchdog: { services: httpServices(services).map(({ name, health }) => ({ name, path: health.live, host: site })) },
    externalDatabase: database.kind === "external" ? { dumps: backup.enabled, connections: database.connections } : null,
  };
}
