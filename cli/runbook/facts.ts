import type { StackSpec } from "../../infra/config/spec";
import { healthCheckPath } from "../../infra/host/healthCheck";
import { addressOf } from "../../infra/plan/addresses";
import { databaseMachines } from "../../infra/plan/databaseServer";
import { hostsOf } from "../../infra/plan/hosts";
import type { StackPlan } from "../../infra/plan/plan";
import { connectionsOf, httpServices, isHttp, kindOf, unitsOf } from "../../infra/services";
import type { Values } from "./section";

const code = (text: string): string => `\`${text}\``;
const list = (texts: readonly string[], none = "none"): string => texts.join("<br>") || none;

/** Where the site is; a cloud gives a site without a domain its address only when it is made. */
export function siteUrl(plan: StackPlan): string {
  const { spec, site } = plan;
  if (spec.site.domain !== "") return `${site.scheme}://${spec.site.domain}/`;
  const address = hostsOf(plan, "web")[0]?.address ?? null;
  return address === null ? "" : `http://${address}/`;
}

/** The words of the runbook's first table. */
export function glance(plan: StackPlan): Values {
  const { spec } = plan;
  const { backup, database, monitoring } = spec;
  const url = siteUrl(plan);
  return {
    target: spec.target === "local" ? "local: machines of this box" : `${spec.target}, region ${spec.host.region}, size ${spec.host.size}`,
    site: url === "" ? `${code("siteUrl")} of ${code(`npm run pulumi -- ${spec.stack} stack output siteUrl`)}` : url,
    hosts: list(
      hostsOf(plan, "web").map(
        (host) => `${code(host.name)}${host.address !== null ? ` at ${host.address}` : `, address in ${code("npm run status")}`}`,
      ),
    ),
    services: list(
      spec.services.map(
        (service) =>
          `${code(service.name)} (${service.kind}${isHttp(service) ? `, ${service.path}` : ""}): ${unitsOf(service).map(code).join(", ")}`,
      ),
    ),
    jobs: list(spec.jobs.map((job) => `${code(job.name)}: ${code(`${job.name}.timer`)}, ${code(job.schedule)}`)),
    static: list(spec.static.map(({ url: path, folder }) => `${code(path)} from ${code(folder)}`)),
    database: database.kind === "none" ? "none" : databaseName(plan),
    backups: backup.enabled ? `${code("webstack-backup.timer")}, ${code(backup.schedule)}` : "none",
    certificate:
      spec.site.tls === "none"
        ? "none"
        : `Let's Encrypt, by ${code("webstack-certificate.timer")}; a new one now: ${code("sudo hostctl renew")}`,
    emails: list(monitoring.emails, "nobody: `monitoring.emails` is empty"),
    secrets: list([...spec.secrets.map(code)], "none of the app's"),
  };
}

function databaseName(plan: StackPlan): string {
  const {
    spec: { target, network },
    database,
  } = plan;
  if (database.kind === "none") return "none";
  if (database.kind === "external") return "PostgreSQL, somebody else's service at the secret `DATABASE_URL`";
  const engine = database.engine === "postgres" ? "PostgreSQL" : "MySQL";
  const machines = databaseMachines.map((name, index) => `${code(name)} at ${addressOf(network.range, "database", index) ?? ""}`);
  const place =
    hostsOf(plan, "database").length === 0
      ? `the managed service of ${target}`
      : `machine ${machines.join(" (moved by `npm run upgrade`: ")})`;
  return `${engine} ${database.version}, ${code(database.name)}, ${place}`;
}

/** One line a service or all jobs: how many connections it may hold. The rule of the description counts the same way. */
export function connectionBudget({ services, jobs }: StackSpec): { readonly rows: string; readonly need: number } {
  const rows = services.map((service) => {
    const { count, because } = kindOf(service).connections(service);
    return `| ${code(service.name)}${because === "" ? "" : `: ${because}`} | ${count} |`;
  });
  const jobRow = jobs.length === 0 ? [] : [`| jobs, one for each | ${jobs.length} |`];
  return { rows: [...rows, ...jobRow].join("\n"), need: connectionsOf(services, jobs.length) };
}

/** What `ss` finds the database's connections by: its port, where that is not a part of a secret. */
export const databasePort = ({ endpoints }: StackPlan): string => String(endpoints.database?.port ?? "PORT");

/** Where each service says from outside whether it works. */
export function healthChecks(plan: StackPlan): string {
  const base = siteUrl(plan) || "https://ADDRESS/";
  return (
    httpServices(plan.spec.services)
      .map(({ name }) => code(`${base.replace(/\/$/, "")}${healthCheckPath(name)}`))
      .join(", ") || "none"
  );
}

/** The longest pause that every service allows, 20 s at most: hostctl/site/pause.py keeps 5 s of each timeout for the app's answer. */
export function pauseSeconds({ services }: StackSpec): number {
  return Math.max(1, Math.min(20, ...httpServices(services).map(({ timeoutSeconds }) => timeoutSeconds - 5)));
}

/** What a person types as the app, as far as the stack has what it is typed at. */
export function oneOffCommands({ stack, release, database }: StackSpec): readonly string[] {
  const isDjango = release.steps.some(({ command }) => command.includes("manage.py"));
  return [
    ...(isDjango ? [`npm run manage -- ${stack} createsuperuser`, `npm run manage -- ${stack} check`] : []),
    `npm run exec -- ${stack} python --version`,
    `npm run shell -- ${stack}`,
    ...(database.kind === "none" ? [] : [`npm run dbshell -- ${stack}`]),
  ];
}

/** One command on every host for each of these. */
export function onEach(plan: StackPlan, words: readonly string[]): string {
  return hostsOf(plan, "web")
    .flatMap(({ name }) => words.map((word) => `npm run ssh -- ${plan.spec.stack} ${name} ${word}`))
    .join("\n");
}

/** What systemd says of the slots and command services. */
export function unitStates(plan: StackPlan): string {
  return onEach(plan, [`systemctl show --property=Id,ActiveState,NRestarts,Restart ${plan.spec.services.flatMap(unitsOf).join(" ")}`]);
}
