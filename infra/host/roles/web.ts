import type { StackPlan } from "../../plan/plan";
import { isHttp } from "../../services";
import { plainNames } from "../environment";
import { afterUpgrade } from "../features/afterUpgrade";
import { agents } from "../features/agents";
import { appFolders } from "../features/appFolders";
import { backup } from "../features/backup";
import { certificate, renewal } from "../features/certificate";
import { databaseClient } from "../features/databaseClient";
import { externalDatabase } from "../features/externalDatabase";
import { http3 } from "../features/http3";
import { jobs } from "../features/jobs";
import { keptLogin } from "../features/keptLogin";
import { machineRole } from "../features/machineRole";
import { monitoring } from "../features/monitoring";
import { nginx } from "../features/nginx";
import { nrpe } from "../features/nrpe";
import { pause } from "../features/pause";
import { services } from "../features/services";
import { settings } from "../features/settings";
import { siteAddress } from "../features/siteAddress";
import type { ManifestService } from "../manifest";
import { every } from "./every";
import type { App, Role } from "./role";

/** A host that serves the site. */
export const web: Role = {
  features: [
    ...every,
    ...[appFolders, certificate, nginx, pause, http3, renewal],
    ...[services, settings, jobs, databaseClient, backup, externalDatabase],
    ...[monitoring, nrpe, afterUpgrade],
    ...[siteAddress, agents, keptLogin, machineRole],
  ],
  app,
};

function app(plan: StackPlan, digest: string): App {
  const { spec } = plan;
  return {
    user: spec.app.name,
    plain: plainNames(plan),
    services: spec.services.map((service): ManifestService =>
      !isHttp(service)
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
