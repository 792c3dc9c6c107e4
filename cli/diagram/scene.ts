import type { ServiceSpec } from "../../infra/config/spec";
import { hostsOf } from "../../infra/plan/hosts";
import type { Endpoint, FirewallRule, HostPlan, StackPlan } from "../../infra/plan/plan";
import { connectionsOf, isHttp, kindOf } from "../../infra/services";

/** What a diagram shows, in words; where it stands is layout.ts's business. */
export interface Scene {
  readonly title: string;
  readonly subtitle: string;
  /** Names of what surrounds the machines. */
  readonly network: string;
  readonly actors: readonly Actor[];
  readonly hosts: readonly HostScene[];
  readonly database: Store | null;
  readonly backups: Store | null;
}

/** Somebody outside who may connect, and to which ports of the web hosts. */
export interface Actor {
  readonly name: string;
  readonly details: readonly string[];
  readonly ports: readonly string[];
}

export interface HostScene {
  readonly name: string;
  readonly detail: string;
  readonly nginx: readonly string[];
  readonly services: readonly ServiceScene[];
  readonly jobs: readonly { readonly name: string; readonly schedule: string }[];
}

export interface ServiceScene {
  readonly name: string;
  readonly detail: string;
  /** URL prefix, or null where nginx hands it nothing. */
  readonly path: string | null;
  readonly slots: boolean;
}

export interface Store {
  readonly name: string;
  readonly details: readonly string[];
  /** On the arrow that leads to it. */
  readonly port: string;
  readonly why: string;
}

const targetNames = { digitalocean: "DigitalOcean", aws: "AWS", local: "machines of your own box" } as const;

/** Pure: equal plans give equal scenes. */
export function sceneOf(plan: StackPlan): Scene {
  const { spec, labels } = plan;
  const place = spec.target === "local" ? targetNames.local : `${targetNames[spec.target]}, ${spec.host.region}`;
  return {
    title: `${labels.app} · ${labels.stack}`,
    subtitle: spec.site.domain === "" ? place : `${plan.site.scheme}://${spec.site.domain} · ${place}`,
    network: `${spec.target === "local" ? "bridge" : "private network"} ${spec.network.range}`,
    actors: actorsOf(plan.firewall),
    hosts: hostsOf(plan, "web").map((host) => hostScene(plan, host)),
    database: databaseOf(plan),
    backups: backupsOf(plan),
  };
}

/** One for each set of sources; whoever may reach the public ports is a customer. */
function actorsOf(rules: readonly FirewallRule[]): readonly Actor[] {
  const groups = new Map<string, { sources: readonly string[]; whys: string[]; ports: string[] }>();
  for (const { to, protocol, port, from, why } of rules) {
    const sources = from.flatMap((source) => (source.kind === "cidr" ? [source.cidr] : []));
    if (to !== "web" || sources.length === 0) continue;
    const group = groups.get(sources.join(" ")) ?? { sources, whys: [], ports: [] };
    group.whys.push(why);
    group.ports.push(protocol === "tcp" ? String(port) : `${port}/${protocol}`);
    groups.set(sources.join(" "), group);
  }
  return [...groups.values()].map(({ sources, whys, ports }) => {
    const everybody = sources.includes("0.0.0.0/0");
    const name = (whys[0] ?? "").split(/,| and /)[0] ?? "";
    return {
      name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      details: everybody ? ["from everywhere"] : listed(sources, 3),
      ports,
    };
  });
}

/** At most `count` lines, the last of which may say how many more there are. */
export function listed(lines: readonly string[], count: number): readonly string[] {
  return lines.length <= count ? lines : [...lines.slice(0, count - 1), `and ${lines.length - count + 1} more`];
}

function hostScene({ spec, site }: StackPlan, { name, address }: HostPlan): HostScene {
  const { host } = spec;
  const size = host.size === "" ? `${host.cpus} ${host.cpus === 1 ? "core" : "cores"}, ${memory(host.memoryMiB)}` : host.size;
  return {
    name,
    detail: [size, host.image, ...(address === null ? [] : [address])].join(" · "),
    nginx: [
      site.scheme === "https" ? "TLS" : "plain HTTP",
      ...(spec.site.http3 ? ["HTTP/3"] : []),
      ...listed(
        spec.static.map(({ url }) => url),
        3,
      ),
    ],
    services: spec.services.map(serviceScene),
    jobs: spec.jobs.map((job) => ({ name: job.name, schedule: job.schedule })),
  };
}

const memory = (mib: number): string => (mib % 1024 === 0 ? `${mib / 1024} GiB` : `${mib} MiB`);

function serviceScene(service: ServiceSpec): ServiceScene {
  const detail = kindOf(service).detail(service);
  return isHttp(service)
    ? { name: service.name, detail, path: service.path, slots: true }
    : { name: service.name, detail, path: null, slots: false };
}

const engines = { postgres: "PostgreSQL", mysql: "MySQL" } as const;

const portOf = (endpoint: Endpoint | null): string => String(endpoint?.port ?? "");

function databaseOf({ spec, database, endpoints }: StackPlan): Store | null {
  if (database.kind === "none") return null;
  const connections = `${connectionsOf(spec.services, spec.jobs.length)} of ${database.connections} connections`;
  if (database.kind === "external")
    return {
      name: engines[database.engine],
      details: ["somebody else's service", connections],
      port: portOf(endpoints.database),
      why: "TLS",
    };
  const size = database.size === "" ? memory(database.memoryMiB) : database.size;
  return {
    name: `${engines[database.engine]} ${database.version}`,
    details: [database.name, size, connections],
    port: portOf(endpoints.database),
    why: "TLS",
  };
}

function backupsOf(plan: StackPlan): Store | null {
  const { backup } = plan.spec;
  if (!backup.enabled) return null;
  const [machine] = hostsOf(plan, "backup");
  return {
    name: "Backups",
    details: [
      machine?.name ?? "a bucket outside the network",
      `at ${backup.schedule}`,
      `${backup.keepDays} days, ${backup.keepWeekly} weeks, ${backup.keepMonthly} months`,
      `drill ${backup.drill.schedule}`,
    ],
    port: portOf(plan.endpoints.backups),
    why: "encrypted",
  };
}
