import type { HttpServiceSpec } from "../config/spec";
import type { httpKeys } from "./keys";
import type { Said, Template } from "./kind";

/** Those of their fields that come from their common keys. */
type HttpFields = Pick<HttpServiceSpec, keyof typeof httpKeys>;

/** Fills in what the kinds that answer HTTP have in common. */
export function completeHttp({ path, port, health, timeoutSeconds, drainSeconds }: Said<typeof httpKeys>): HttpFields {
  const ready = health.path ?? `${path}healthz`;
  return {
    path,
    port: port ?? 0,
    health: { ...health, path: ready, live: health.live ?? ready },
    timeoutSeconds,
    drainSeconds: drainSeconds ?? Math.min(600, timeoutSeconds),
  };
}

/** The location of a kind that speaks HTTP itself. */
export function proxied({ name, path, timeoutSeconds }: HttpServiceSpec, inFlight: number): Template {
  return { path: "cloud-init/nginx/location-service.conf", values: { service: name, path, timeoutSeconds, inFlight } };
}
