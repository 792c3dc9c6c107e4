import type { StackSpec } from "../../config/spec";
import type { StackPlan } from "../../plan/plan";
import type { Feature } from "../feature";
import { file, type ManifestFile } from "../manifest";
import { render, verbatim } from "../render";

const folder = "/etc/systemd/system";
const sandbox = () => verbatim("systemd/sandbox.conf");

/** Timers of hostctl's own looks at the host. */
const schedules = { "webstack-watch": "minutely", "webstack-drift": "*:0/15" } as const;

export const monitoringPackages: readonly string[] = ["logrotate"];

/** What watches a host that serves: alerts, drift, the watchdog of its services, and the rotation of its logs. See docs/monitoring.md. */
export const monitoring: Feature = (plan) => ({
  packages: monitoringPackages,
  files: [...alertFiles(plan.spec), ...channelFiles(plan), ...watchdogFiles(plan), ...logrotateFiles()],
  units: [...Object.keys(schedules).map((unit) => `${unit}.timer`), "webstack-watchdog.service", "logrotate.timer"],
});

function alertFiles({ app }: StackSpec): readonly ManifestFile[] {
  const service = (unit: string, says: string, verb: string, timeoutSeconds: number, capabilities = "") =>
    file(
      `${folder}/${unit}.service`,
      render("systemd/monitoring.service", { app: app.name, says, verb, timeoutSeconds, capabilities, sandbox: sandbox() }),
    );
  const timers = Object.entries(schedules).map(([unit, schedule]) =>
    file(`${folder}/${unit}.timer`, render("systemd/monitoring.timer", { app: app.name, unit, schedule }), {
      onChange: [{ verb: "restart", unit: `${unit}.timer` }],
    }),
  );
  const silent = verbatim("systemd/no-alert-on-failure.conf");
  return [
    service("webstack-watch", "looks at the host and tells what is amiss", "watch", 600),
    service("webstack-alert@", "tells that %i failed", "notify %i", 600),
    // It compares files of every owner with what is declared, and waits for a deployment that is under way.
    service("webstack-drift", "compares the host with what is declared", "run-verify", 2400, "CAP_DAC_READ_SEARCH"),
    ...timers,
    file(`${folder}/service.d/webstack-alert.conf`, verbatim("systemd/alert-on-failure.conf")),
    file(`${folder}/webstack-alert@.service.d/webstack-alert.conf`, silent),
    file(`${folder}/webstack-step.service.d/webstack-alert.conf`, silent),
  ];
}

/** Secrets of a host by which its target tells people of its alerts, see hostctl/monitor/monitoring.py. */
export const alertSecrets = { topic: "alertTopic", page: "statusPage" } as const;

/** Where the status page is, before its secret name. */
export const statusPath = "/.webstack/status/";

/** What the channel of the target needs: the right of the machine's role for the topic, a folder that nginx looks into for the page. */
function channelFiles({ hostAlerts }: StackPlan): readonly ManifestFile[] {
  switch (hostAlerts) {
    case "topic":
      return ["webstack-watch", "webstack-alert@"].map((unit) =>
        file(`${folder}/${unit}.service.d/metadata.conf`, verbatim("systemd/metadata.conf")),
      );
    case "page":
      return [file("/etc/tmpfiles.d/webstack-status.conf", verbatim("systemd/status.tmpfiles"))];
    case "none":
      return [];
  }
}

/** The watchdog reads the settings at each look, so its own unit alone has it start anew. */
function watchdogFiles({ spec }: StackPlan): readonly ManifestFile[] {
  const content = render("systemd/webstack-watchdog.service", { app: spec.app.name, sandbox: sandbox() });
  return [file(`${folder}/webstack-watchdog.service`, content, { onChange: [{ verb: "restart", unit: "webstack-watchdog.service" }] })];
}

/** What the journal does not keep is rotated by Debian's logrotate. */
function logrotateFiles(): readonly ManifestFile[] {
  return [
    file("/etc/logrotate.d/nginx", verbatim("logrotate/nginx")),
    file("/etc/logrotate.d/webstack", verbatim("logrotate/webstack")),
    file(`${folder}/logrotate.timer.d/webstack.conf`, verbatim("logrotate/logrotate.timer.conf"), {
      onChange: [{ verb: "restart", unit: "logrotate.timer" }],
    }),
  ];
}
