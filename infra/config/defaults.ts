import { type DebianName, defaultDebian, isDebian } from "./catalog/debian";
import { gatewayOf } from "./schema/cidr";
import type { Description } from "./keys";
import { plainPath } from "./plainPath";
import type { AcmeSpec, DatabaseSpec, DrillSpec, HostSpec, MonitoringSpec, ReleaseSpec, StackSpec } from "./spec";
import { kindOf } from "../services";
import { completeServices } from "../services/complete";
import { sizeOf, targetDefaults } from "./targets";

/** Fills in the defaults that depend on other keys, as the key table words them. Never fails: rules judge the outcome. */
export function complete(said: Description, project: string, stack: string): StackSpec {
  const { public: isPublic } = targetDefaults[said.target];
  const host = completeHost(said);
  const database = completeDatabase(said, host.debian);
  const { domain = "", tls = domain !== "" && isPublic ? "letsencrypt" : "none" } = said.site;
  return {
    project,
    stack,
    target: said.target,
    protect: said.protect ?? (isPublic ? "data" : "nothing"),
    app: { ...said.app, requirements: plainPath(said.app.requirements) },
    services: completeServices(said.services, {
      cpus: host.cpus,
      jobs: said.jobs.length,
      // Behind a pool, clients wait for a connection.
      connections: database.kind === "none" || database.pool !== "none" ? null : database.connections,
    }),
    static: said.static.map(([url, folder]) => ({ url, folder: plainPath(folder) })),
    release: {
      ...said.release,
      schema: completeSchema(said),
      steps: said.release.steps.map(({ run, ...step }) => ({ ...step, command: run })),
    },
    jobs: said.jobs.map(([name, { run, ...job }]) => ({ name, ...job, command: run })),
    env: Object.fromEntries(said.env),
    secrets: said.secrets,
    site: { ...said.site, domain, zone: said.site.zone ?? "", tls, acme: completeAcme(said, domain) },
    host,
    network: said.network,
    database,
    backup: {
      ...said.backup,
      batch: said.backup.batch ?? null,
      enabled: said.backup.enabled ?? database.kind !== "none",
      drill: completeDrill(said),
    },
    monitoring: completeMonitoring(said),
    policy: said.policy,
    access: { ...said.access, sshFrom: said.access.sshFrom ?? (isPublic ? [] : [gatewayOf(said.network.range)]) },
  };
}

/** RFC 2142 has an address for it at every domain. */
function completeAcme({ site: { acme }, monitoring }: Description, domain: string): AcmeSpec {
  return { ...acme, ca: acme.ca ?? "", email: acme.email ?? monitoring.emails[0] ?? (domain === "" ? "" : `hostmaster@${domain}`) };
}

function completeSchema({ release: { schema } }: Description): ReleaseSpec["schema"] {
  return schema === undefined ? null : { revision: schema.revision, down: schema.down ?? [], check: schema.check ?? [] };
}

function completeDrill({ backup: { drill }, services }: Description): DrillSpec {
  return { ...drill, health: drill.health ?? services.some(([name, { kind }]) => kindOf({ name, kind }).http !== null) };
}

function completeMonitoring({ monitoring: { slack, smtp, sentry, nrpe, ...rest } }: Description): MonitoringSpec {
  const ports = { starttls: 587, tls: 465, none: 25 };
  return {
    ...rest,
    slack: slack ?? null,
    smtp: smtp === undefined ? null : { ...smtp, port: smtp.port ?? ports[smtp.tls], user: smtp.user ?? "" },
    sentry: sentry ?? null,
    nrpe: nrpe ?? null,
  };
}

/** 0 cores or 0 MiB mean that neither the file nor the name of the size tells them. */
function completeHost({ host, target }: Description): HostSpec {
  const of = targetDefaults[target];
  const size = host.size ?? of.hostSize;
  const { cpus, memoryMiB } = sizeOf(size) ?? (size === "" ? { cpus: 2, memoryMiB: 2048 } : { cpus: 0, memoryMiB: 0 });
  const every = host.snapshots.every ?? of.snapshots;
  const snapshots = { ...host.snapshots, every, keep: host.snapshots.keep ?? (every === "week" ? 4 : 7) };
  return {
    ...host,
    debian: host.debian ?? (isDebian(host.image) ? host.image : defaultDebian),
    snapshots,
    size,
    region: host.region ?? of.region,
    cpus: host.cpus ?? cpus,
    memoryMiB: host.memoryMiB ?? memoryMiB,
  };
}

function completeDatabase({ database, target, app }: Description, debian: DebianName): DatabaseSpec {
  if (database.kind === "none") return { kind: "none" };
  if (database.kind === "external")
    return { kind: "external", engine: "postgres", connections: database.connections, pool: "none", ca: database.ca ?? "" };
  const of = targetDefaults[target];
  const size = database.size ?? of.databaseSize;
  const memoryMiB = database.memoryMiB ?? sizeOf(size)?.memoryMiB ?? (size === "" ? 1024 : 0);
  const storageGiB = database.storageGiB ?? of.storageGiB;
  const name = app.name.replaceAll("-", "_");
  return {
    ...database,
    version: database.version ?? of.versions(debian)[database.engine][0],
    name: database.name ?? name,
    user: database.user ?? name,
    size,
    storageGiB,
    storageLimitGiB: database.storageLimitGiB ?? 2 * storageGiB,
    restore: database.restore === undefined ? null : { from: database.restore.from, at: database.restore.at ?? "" },
    memoryMiB,
    connections: database.connections ?? Math.max(0, of.connections(database.engine, memoryMiB)),
  };
}
