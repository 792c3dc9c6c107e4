import type { ServiceSpec } from "../../config/spec";
import { httpOf, isHttp } from "../../services";
import type { Feature } from "../feature";
import { file, type ManifestAction } from "../manifest";
import { render, verbatim } from "../render";

const unit = "nagios-nrpe-server.service";
const programs = "/usr/local/lib/webstack";

/** See docs/monitoring.md. */
const packages = ["monitoring-plugins-basic", "nagios-nrpe-server", "openssl"] as const;

/** The NRPE server and its checks, where monitoring.nrpe asks for them. */
export const nrpe: Feature = ({ spec: { app, services, monitoring } }) => {
  if (monitoring.nrpe === null) return {};
  const { allowedHosts } = monitoring.nrpe;
  const onChange: readonly ManifestAction[] = [{ verb: "restart", unit }];
  const checks = services.map((service) => `command[check_service_${service.name}]=${serviceCheck(service, app.name)}\n`).join("");
  return {
    packages,
    files: [
      ...["check-memory", "check-unit"].map((name) => file(`${programs}/${name}`, verbatim(`nrpe/${name}`), { mode: "0755" })),
      file(`${programs}/nrpe-certificate`, verbatim("nrpe/certificate.sh"), { mode: "0755" }),
      file("/etc/nagios/nrpe.cfg", render("nrpe/nrpe.cfg", { allowedHosts: allowedHosts.join(","), services: checks }), { onChange }),
      file(`/etc/systemd/system/${unit}`, render("nrpe/nagios-nrpe-server.service", { sandbox: verbatim("systemd/sandbox.conf") }), {
        onChange,
      }),
    ],
    units: [unit],
  };
};

/** In either slot, of which one alone serves. */
function serviceCheck(service: ServiceSpec, app: string): string {
  if (!isHttp(service)) return `${programs}/check-unit ${service.name}.service`;
  const { least, pattern } = httpOf(service).processes(service);
  return `/usr/lib/nagios/plugins/check_procs -c ${least}: -u ${app} --ereg-argument-array='${pattern}'`;
}
