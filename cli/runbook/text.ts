import { hostsOf } from "../../infra/plan/hosts";
import type { StackPlan } from "../../infra/plan/plan";
import { connectionBudget, databasePort, glance, healthChecks, oneOffCommands, onEach, pauseSeconds, siteUrl, unitStates } from "./facts";
import { incidentForm } from "./incidents";
import { section, type Values } from "./section";

/**
 * The runbook of a stack as Markdown: every procedure with the commands that are right for this stack. `file`: path of the stack's file
 * below the project. Pure: equal plans, equal text.
 */
export function runbook(plan: StackPlan, file: string): string {
  const { spec } = plan;
  const { backup, database, jobs, services } = spec;
  const hosts = hostsOf(plan, "web").map(({ name }) => name);
  const first = hosts[0] ?? "";
  const values: Values = { stack: spec.stack, first, file, ...glance(plan) };
  const part = (name: string, more: Values = {}) => section(name, { ...values, ...more }, hosts);
  const logs = (names: readonly string[]) => names.map((name) => `npm run logs -- ${spec.stack} ${name} -n 100`).join("\n");
  const budget = connectionBudget(spec);
  const jobLogs = [...jobs.map(({ name }) => name), ...(backup.enabled ? ["webstack-backup", "webstack-drill"] : [])];

  return [
    part("glance"),
    part("reach"),
    part("watch", { health: healthChecks(plan) }),
    part("logs", {
      serviceLogs: logs(services.map(({ name }) => name)),
      jobLogs: jobLogs.length === 0 ? "this stack has none." : `one log each.\n\n\`\`\`sh\n${logs(jobLogs)}\n\`\`\``,
    }),
    part("commands", { commands: oneOffCommands(spec).join("\n") }),
    part("lifecycle"),
    part("watchdog", { shows: unitStates(plan) }),
    part("release", {
      steps: spec.release.steps.map(({ name }) => `\`${name}\``).join(", ") || "of the release (none are declared)",
      keep: spec.release.keep,
      schema: spec.release.schema === null ? noSchema : spec.release.schema.down.length === 0 ? schemaOnly : schemaAndDown,
    }),
    part("update"),
    jobs.length === 0
      ? part("jobs-none")
      : part("jobs", {
          table: jobs
            .map(({ name, schedule, timeoutSeconds }) => `| \`${name}\` | \`${schedule}\` | ${timeoutSeconds} s | \`${name}.service\` |`)
            .join("\n"),
          runs: onEach(
            { ...plan, hosts: hostsOf(plan, "web").slice(0, 1) },
            jobs.map(({ name }) => `sudo hostctl run ${name}`),
          ),
        }),
    !backup.enabled
      ? part("backup-none")
      : part("backup", {
          keeper: first,
          schedule: `\`${backup.schedule}\``,
          drill: `\`${backup.drill.schedule}\``,
          keepDays: backup.keepDays,
          keepWeekly: backup.keepWeekly,
          keepMonthly: backup.keepMonthly,
          what:
            backup.paths.length === 0
              ? "the database, no media: `backup.paths` is empty"
              : `the database and ${backup.paths.map((path) => `\`${path}\``).join(", ")}`,
          checks:
            backup.drill.checks.length === 0
              ? "no questions are in `backup.drill.checks`"
              : backup.drill.checks.map(({ sql, expect }) => `\`${sql}\` gives \`${expect}\``).join(", "),
        }),
    part("maintenance", { url: `${siteUrl(plan).replace(/\/$/, "")}${spec.site.maintenancePath}`, pause: pauseSeconds(spec) }),
    database.kind === "none"
      ? part("database-none")
      : part("database", {
          name: values["database"] ?? "",
          user: database.kind === "external" ? "that it names" : `\`${database.user}\``,
          port: databasePort(plan),
          budget: budget.rows,
          need: budget.need,
          connections: database.connections,
        }),
    part("incidents", { form: incidentForm() }),
  ].join("\n");
}

const noSchema =
  "It goes back with the code only: this stack has no `release.schema`, so a rollback does not look at the database. Undo an " +
  "incompatible migration first.";
const schemaOnly = "It is refused where the database has moved on since, with both states. Then restore, or mend forward.";
const schemaAndDown =
  "It is refused where the database has moved on since, with both states. `sudo hostctl rollback DIGEST --down` then undoes the " +
  "migrations first; down steps may lose what was stored since, so put maintenance on around it.";
