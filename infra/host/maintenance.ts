import type { HttpServiceSpec } from "../config/spec";
import type { StackPlan } from "../plan/plan";
import { healthCheckPaths } from "./healthCheck";
import { file, type ManifestAction, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";

const nginx = "/etc/nginx/webstack";
const reload: readonly ManifestAction[] = [{ verb: "reload", unit: "nginx.service" }];

/**
 * What `hostctl maintenance` switches between: nginx's part, the state of no maintenance, and the page with {{message}} and
 * {{until}}. The link NGINX/maintenance, which says whether there is maintenance, is hostctl's.
 */
export function maintenanceFiles({ spec, hostAlerts }: StackPlan, services: readonly HttpServiceSpec[]): readonly ManifestFile[] {
  const path = spec.site.maintenancePath;
  const checks = [...healthCheckPaths(services), ...(hostAlerts === "page" ? ["~^/\\.webstack/status/"] : [])];
  return [
    file(`${nginx}/maintenance.conf`, render("nginx/maintenance.conf", { path, checks: checks.map((at) => `    "${at}" 1;\n`).join("") }), {
      onChange: reload,
    }),
    file(`${nginx}/maintenance-server.conf`, render("nginx/maintenance-server.conf", { path }), { onChange: reload }),
    file(`${nginx}/maintenance-off/state.conf`, verbatim("nginx/maintenance-off.conf"), { onChange: reload }),
    file(`${nginx}/maintenance-off/answer/status.json`, '{"maintenance": false}\n'),
    ...["page.html", "page.css"].map((name) => file(`/usr/local/lib/webstack/maintenance/${name}`, verbatim(`maintenance/${name}`))),
  ];
}
