import type { ServiceSpec, StackSpec } from "../config/spec";
import { httpOf, isHttp } from "../services";
import { file, type ManifestAction, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";

const unit = "nagios-nrpe-server.service";
const programs = "/usr/local/lib/webstack";

/** See docs/monitoring.md. */
const packages = ["monitoring-plugins-basic", "nagios-nrpe-server", "openssl"] as const;

/** The NRPE server and its checks, where monitoring.nrpe asks for them. */
export function nrpeFiles({ app, services, monitoring: { nrpe } }: StackSpec): readonly ManifestFile[] {
  if (nrpe === null) return [];
  const onChange: readonly ManifestAction[] = [{ verb: "restart", unit }];
  const checks = services.map((service) => `command[check_service_${service.name}]=${serviceCheck(service, app.name)}\n`).join("");
  return [
    ...["check-memory", "check-unit"].map((name) => file(`${programs}/${name}`, verbatim(`nrpe/${name}`), { mode: "0755" })),
    file(`${programs}/nrpe-certificate`, verbatim("nrpe/certificate.sh"), { mode: "0755" }),
    file("/etc/nagios/nrpe.cfg", render("nrpe/nrpe.cfg", { allowedHosts: nrpe.allowedHosts.join(","), services: checks }), { onChange }),
    file(`/etc/systemd/system/${unit}`, render("nrpe/nagios-nrpe-server.service", { sandbox: verbatim("systemd/sandbox.conf") }), { onChange }),
  ];
}

export function nrpePackages({ monitoring: { nrpe } }: StackSpec): readonly string[] {
  return nrpe === null ? [] : packages;
}

export function nrpeUnits({ monitoring: { nrpe } }: StackSpec): readonly string[] {
  return nrpe === null ? [] : [unit];
}

/** In either slot, of which one alone serves. */
function serviceCheck(service: ServiceSpec, app: string): string {
  if (!isHttp(service)) return `${programs}/check-unit ${service.name}.service`;
  const { least, pattern } = httpOf(service).processes(service);
  return `/usr/lib/nagios/plugins/check_procs -c ${least}: -u ${app} --ereg-argument-array='${pattern}'`;
}
