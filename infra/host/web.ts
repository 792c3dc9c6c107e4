import { versionId } from "../config/catalog/debian";
import type { HostPlan, StackPlan } from "../plan/plan";
import { backupFiles, backupUnits } from "./backup";
import { commonChecks, commonFiles } from "./common";
import { externalFiles } from "./externalDatabase";
import { firewallFile } from "./firewall";
import { afterUpgrade, hardeningUnits } from "./hardening";
import { plainNames } from "./environment";
import { http3Files, http3Units } from "./http3";
import { file, type Manifest, type ManifestCheck, type ManifestService } from "./manifest";
import { monitoringFiles, monitoringUnits } from "./monitoring";
import { nginxFiles, nginxUnitFiles, nginxUnits } from "./nginx";
import { nrpeFiles, nrpeUnits } from "./nrpe";
import { webPackages } from "./packages";
import { verbatim } from "./render";
import { settingsFile } from "./settingsFile";
import { gunicornFiles, jobUnits, pauseUnit, serviceUnits, unitsOf } from "./systemd";
import { tlsChecks, tlsFiles, tlsUnits } from "./tls";

/** The manifest of a host that serves the site, with the release named by `digest`. */
export function webManifest(plan: StackPlan, host: HostPlan, digest: string): Manifest {
  const { spec } = plan;
  const units = [...serviceUnits(spec), ...jobUnits(spec)];
  return {
    version: 1,
    project: spec.project,
    stack: spec.stack,
    host: host.name,
    debian: versionId(spec.host.debian),
    user: spec.app.name,
    packages: webPackages(spec),
    plain: plainNames(plan),
    files: [
      ...commonFiles(spec.stack, spec.access.sshKeys, spec.host.debian),
      firewallFile(plan, "web"),
      file("/etc/tmpfiles.d/webstack.conf", verbatim("systemd/webstack.tmpfiles")),
      ...nginxUnitFiles(spec),
      ...nginxFiles(plan),
      pauseUnit(spec),
      ...tlsFiles(spec),
      ...http3Files(plan),
      ...units,
      ...gunicornFiles(spec),
      settingsFile(plan, host),
      ...backupFiles(plan, host),
      ...externalFiles(spec),
      ...monitoringFiles(plan),
      ...nrpeFiles(spec),
      ...afterUpgrade(unitsOf(spec.services)),
    ],
    checks: [...commonChecks, ...tlsChecks(spec), ...checks],
    units: ["nftables.service", ...nginxUnits(spec), ...http3Units(spec), ...hardeningUnits, ...tlsUnits(spec), ...spec.jobs.map(({ name }) => `${name}.timer`), ...backupUnits(plan, host), ...monitoringUnits, ...nrpeUnits(spec)],
    services: spec.services.map((service): ManifestService =>
      service.kind === "command"
        ? { name: service.name, kind: "command" }
        : {
            name: service.name,
            kind: "slots",
            healthPath: service.health.path,
            healthHost: plan.site.names[0] ?? "",
            startSeconds: service.health.startSeconds,
            drainSeconds: service.drainSeconds,
            timeoutSeconds: service.timeoutSeconds,
          },
    ),
    release: {
      digest,
      requirements: spec.app.requirements,
      steps: spec.release.steps,
      static: spec.static,
      keep: spec.release.keep,
      schema: spec.release.schema,
      restorePoint: spec.release.restorePoint,
      lockTimeoutSeconds: spec.release.lockTimeoutSeconds,
    },
  };
}

const checks: readonly ManifestCheck[] = [
  { below: "/etc/nftables.conf", command: ["/usr/sbin/nft", "--check", "--file", "/etc/nftables.conf"] },
  { below: "/etc/nginx/", command: ["/usr/local/lib/webstack/nginx-check"] },
];
