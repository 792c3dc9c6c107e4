import type { StackSpec } from "../../infra/config/spec";
import { kindOf } from "../../infra/services";

/** Connections to the database: how many it accepts, and who may hold them at once, both slots of a release counted. */
export interface Connections {
  readonly available: number;
  readonly used: number;
  readonly parts: readonly { readonly part: string; readonly connections: number }[];
}

/** null where the stack has no database. */
export function countConnections({ database, services, jobs }: StackSpec): Connections | null {
  if (database.kind === "none") return null;
  const parts = [
    ...services.map((service) => {
      const { count, because } = kindOf(service).connections(service);
      return { part: because === "" ? service.name : `${service.name}: ${because}`, connections: count };
    }),
    ...(jobs.length === 0 ? [] : [{ part: `${jobs.length} jobs`, connections: jobs.length }]),
  ];
  return { available: database.connections, used: parts.reduce((sum, { connections }) => sum + connections, 0), parts };
}
