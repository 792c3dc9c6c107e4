import { connectionsOf, kindOf, slotsOf } from "../../services";
import { hasPools } from "../targets";
import { rule, type Rule } from "./rule";

/** Kept for Debian, sshd, nginx and the journal. */
const systemMiB = 192;

export const capacityRules: readonly Rule[] = [
  rule(["services", "jobs", "database", "host", "target"], ({ services, jobs, database, target }) => {
    // Behind a pool, clients wait for a connection.
    if (database.kind === "none" || database.pool !== "none") return [];
    const need = connectionsOf(services, jobs.length);
    if (need <= database.connections) return [];
    const parts = [
      ...services.map((s) => {
        const { count, because } = kindOf(s).connections(s);
        return `${s.name} ${because === "" ? count : because}`;
      }),
      ...(jobs.length === 0 ? [] : [`jobs ${jobs.length}`]),
    ];
    return [
      {
        at: "database.connections",
        must: `must be at least ${need}, since a release runs both slots: ${parts.join(" + ")}`,
        got: database.connections,
        hint:
          "take a larger database, or fewer workers or " +
          `threads${hasPools(target, database.engine) ? ", or database.pool: transaction" : ""}`,
      },
    ];
  }),

  rule(["services", "jobs", "host", "target", "database"], ({ services, jobs, host }) => {
    // Without a size that tells its memory there is a problem of its own.
    if (host.memoryMiB === 0) return [];
    const need =
      systemMiB + services.reduce((sum, s) => sum + slotsOf(s) * s.memoryMiB, 0) + jobs.reduce((sum, job) => sum + job.memoryMiB, 0);
    if (need <= host.memoryMiB) return [];
    const parts = [
      `system ${systemMiB}`,
      ...services.map((s) => `${s.name} ${slotsOf(s) === 1 ? "" : `${slotsOf(s)} slots x `}${s.memoryMiB}`),
      ...jobs.map((job) => `${job.name} ${job.memoryMiB}`),
    ];
    return [
      {
        at: "host.memoryMiB",
        must: `must be at least ${need} for all units at once: ${parts.join(" + ")}`,
        got: host.memoryMiB,
        hint: "take a larger host, or lower their memoryMiB",
      },
    ];
  }),
];
