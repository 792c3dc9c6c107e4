import type { HttpServiceSpec, StackSpec } from "../../config/spec";
import type { StackPlan } from "../../plan/plan";
import { httpOf, httpServices } from "../../services";
import type { Feature } from "../feature";
import { healthCheckLocations } from "../healthCheck";
import { bothLoad, http3Fragment } from "./http3";
import { file, type ManifestAction, type ManifestFile } from "../manifest";
import { maintenanceFiles } from "../maintenance";
import { inFlight, overloadFiles } from "../overload";
import { render, renderTemplate, verbatim } from "../render";

export const slots = ["blue", "green"] as const;

const folder = "/etc/nginx/webstack";
const units = "/etc/systemd/system";
const programs = "/usr/local/lib/webstack";
const reload: readonly ManifestAction[] = [{ verb: "reload", unit: "nginx.service" }];
const restart: readonly ManifestAction[] = [{ verb: "restart", unit: "nginx.service" }];

export const nginxPackages: readonly string[] = ["nginx-light", "openssl"];

/** The web server in front of the services. Its units are the sockets that hold its ports while it starts anew, and nginx itself. */
export const nginx: Feature = (plan) => ({
  packages: nginxPackages,
  files: [...nginxUnitFiles(plan.spec), ...nginxFiles(plan)],
  checks: [{ below: "/etc/nginx/", command: [`${programs}/nginx-check`] }],
  units: [...nginxSockets(plan.spec), "nginx.service"],
});

/** nginx's units, and the programs that they and hostctl run. The text of a socket counts when its port is opened next. */
function nginxUnitFiles(spec: StackSpec): readonly ManifestFile[] {
  return [
    file(`${programs}/nginx-check`, verbatim("bin/nginx-check"), { mode: "0755" }),
    file(`${programs}/nginx-leave`, verbatim("bin/nginx-leave"), { mode: "0755" }),
    file(`${programs}/nginx-start`, verbatim("bin/nginx-start"), { mode: "0755", onChange: restart }),
    ...["nginx@", "nginx-local@"].map((name) => file(`${units}/${name}.socket`, verbatim(`systemd/${name}.socket`))),
    file(
      `${units}/nginx.service`,
      render("systemd/nginx.service", { sockets: nginxSockets(spec).join(" "), sandbox: verbatim("systemd/nginx-sandbox.conf") }),
      { onChange: restart },
    ),
  ];
}

function nginxSockets(spec: StackSpec): readonly string[] {
  const visitors = spec.site.tls === "none" ? [80] : [80, 443];
  const local = httpServices(spec.services).flatMap(({ port }) => (port === 0 ? [] : [port]));
  return [...visitors.map((port) => `nginx@${port}.socket`), ...local.map((port) => `nginx-local@${port}.socket`)];
}

/** Every file of nginx's configuration. The link that says which slot serves is hostctl's, see hostctl/README.md. */
function nginxFiles(plan: StackPlan): readonly ManifestFile[] {
  const services = httpServices(plan.spec.services);
  return [
    file("/etc/nginx/nginx.conf", render("nginx/nginx.conf", { shutdownSeconds: shutdownSeconds(services) }), { onChange: reload }),
    file(`${folder}/headers.conf`, verbatim("nginx/headers.conf") + http3Fragment(plan.spec, "map"), { onChange: bothLoad(plan.spec) }),
    file(`${folder}/add-headers.conf`, verbatim("nginx/add-headers.conf") + http3Fragment(plan.spec, "header"), {
      onChange: bothLoad(plan.spec),
    }),
    ...["proxy", "pause", "health-server"].map((name) =>
      file(`${folder}/${name}.conf`, verbatim(`nginx/${name}.conf`), { onChange: reload }),
    ),
    file(`${folder}/health.txt`, "it works\n"),
    ...maintenanceFiles(plan, services),
    ...overloadFiles(services),
    file(`${folder}/site.conf`, siteText(plan, services), { onChange: reload }),
    ...services.flatMap((service) =>
      slots.map((slot) =>
        file(
          `${folder}/upstreams/${service.name}-${slot}.conf`,
          render("nginx/upstream.conf", { service: service.name, slot, inFlight: inFlight(service) }),
          {
            onChange: reload,
          },
        ),
      ),
    ),
  ];
}

/** A reader of a static file may take this long, however soon the services answer. */
const leastShutdownSeconds = 30;

/**
 * How long a worker that a reload has replaced may finish its requests: as long as the drain of a slot, for which hostctl waits, and as the
 * longest answer, since a reload without a release, such as that for a new certificate, leaves the slot as it is.
 */
export function shutdownSeconds(services: readonly Pick<HttpServiceSpec, "drainSeconds" | "timeoutSeconds">[]): number {
  return Math.max(leastShutdownSeconds, ...services.flatMap(({ drainSeconds, timeoutSeconds }) => [drainSeconds, timeoutSeconds]));
}

function siteText({ spec, site, hostAlerts }: StackPlan, services: readonly HttpServiceSpec[]): string {
  const status = hostAlerts === "page" ? [verbatim("nginx/location-status.conf")] : [];
  const statics = spec.static.map(({ url }) => render("nginx/location-static.conf", { url }));
  const proxied = services.map((service) => renderTemplate(httpOf(service).location(service, inFlight(service))));
  const ports = services
    .filter(({ port }) => port !== 0)
    .map(({ name, port, timeoutSeconds }) => render("nginx/port.conf", { service: name, port, timeoutSeconds }));
  const values = {
    app: spec.app.name,
    upstreams: services.map(({ name }) => `include ${folder}/upstreams/${name}.conf;`).join("\n"),
    names: site.names.join(" "),
    maxBodyMiB: spec.site.maxBodyMiB,
    quietPaths: spec.site.quietPaths.map((path) => `    "${path}" 0;\n`).join(""),
    locations: [...status, ...services.map(healthCheckLocations), ...statics, ...proxied].join("\n"),
    ports: ports.join(""),
  };
  if (spec.site.tls === "none") return render("nginx/site-http.conf", values);
  const { domain, aliases } = spec.site;
  const origin = http3Fragment(spec, "origin");
  return render("nginx/site-https.conf", {
    ...values,
    domain,
    origin,
    aliases: aliases.length === 0 ? "" : render("nginx/aliases.conf", { domain, origin, aliases: aliases.join(" ") }),
  });
}
