import type { HttpServiceSpec, ServiceSpec } from "../config/spec";
import type { Http, Kind } from "./kind";
import { kinds } from "./registry";

/** What there is to know of a service's kind. @throws Error for a kind that no stack file can have */
export function kindOf({ name, kind }: Pick<ServiceSpec, "name" | "kind">): Kind {
  const found = kinds[kind];
  if (found === undefined) throw new Error(`services.${name}.kind: must be one of ${Object.keys(kinds).join(", ")}, got ${kind}`);
  return found;
}

/** How a service answers HTTP. */
export function httpOf(service: HttpServiceSpec): Http {
  const { http } = kindOf(service);
  if (http === null) throw new Error(`services.${service.name}.kind: must be one that answers HTTP, got ${service.kind}`);
  return http;
}

/** Whether a service answers HTTP, in two slots behind nginx. */
export const isHttp = (service: ServiceSpec): service is HttpServiceSpec => kindOf(service).http !== null;

/** Those that answer HTTP. */
export const httpServices = (services: readonly ServiceSpec[]): readonly HttpServiceSpec[] => services.filter(isHttp);

/** How many of it run side by side while a release moves in. */
export const slotsOf = (service: ServiceSpec): 1 | 2 => (isHttp(service) ? 2 : 1);

/** Its units of systemd, both slots of one that has slots. */
export const unitsOf = (service: ServiceSpec): readonly string[] =>
  isHttp(service) ? [`${service.name}@blue.service`, `${service.name}@green.service`] : [`${service.name}.service`];

/** Connections to the database that services and jobs may hold at once; a job holds one. */
export const connectionsOf = (services: readonly ServiceSpec[], jobs: number): number =>
  services.reduce((sum, service) => sum + kindOf(service).connections(service).count, jobs);
