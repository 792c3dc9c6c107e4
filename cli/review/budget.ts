import { connectionsOf } from "../../infra/config/complete";
import type { StackSpec } from "../../infra/config/spec";

/** Connections to the database: how many it accepts, and who may hold them at once, both slots of a release counted. */
export interface Budget {
  readonly available: number;
  readonly used: number;
  readonly parts: readonly { readonly part: string; readonly connections: number }[];
}

/** null where the stack has no database. */
export function budgetOf({ database, services, jobs }: StackSpec): Budget | null {
  if (database.kind === "none") return null;
  const parts = [
    ...services.map((service) => ({ part: service.kind === "command" ? service.name : `${service.name}: ${service.workers} workers x ${service.threads} threads x 2 slots`, connections: connectionsOf([service], 0) })),
    ...(jobs.length === 0 ? [] : [{ part: `${jobs.length} jobs`, connections: jobs.length }]),
  ];
  return { available: database.connections, used: parts.reduce((sum, { connections }) => sum + connections, 0), parts };
}
