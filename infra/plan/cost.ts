import { catalog } from "../config/catalog";
import type { Problem } from "../config/problems";
import type { StackSpec, TargetName } from "../config/spec";
import { isHttp } from "../services";
import { hostsOf } from "./hosts";
import type { HostPlan, StackPlan } from "./plan";

/** Cores and memory, by which a size of one cloud is found again on another. */
interface Size {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** One line of a bill. */
export interface CostLine {
  /** The part of the stack it belongs to: a host's name, "database", "balancer". */
  readonly part: string;
  readonly what: string;
  /** USD a month; null means that no price is known to us. */
  readonly monthly: number | null;
}

export interface Bill {
  readonly target: TargetName;
  readonly region: string;
  readonly lines: readonly CostLine[];
  /** Sum of all lines; null as soon as one of them has no price. */
  readonly total: number | null;
  /** Sum of the lines that have one. */
  readonly known: number;
  readonly notCounted: readonly string[];
}

/** What the stack needs of a cloud, without the names that only one cloud has. */
interface Need {
  readonly hosts: readonly { readonly name: string; readonly size: string; readonly wants: Size }[];
  readonly database: { readonly size: string; readonly wants: Size; readonly engine: "postgres" | "mysql"; readonly storageGiB: number; readonly standby: boolean } | null;
  /** Images of the whole machine. */
  readonly snapshots: "day" | "week" | "never";
  readonly site: { readonly encrypted: boolean; readonly zone: boolean };
  readonly backups: boolean;
  /** Somebody hears of alerts; `pages`: of what answers over HTTP, too. */
  readonly watched: { readonly alerts: boolean; readonly pages: boolean };
  readonly nat: boolean;
}

const notCounted: Readonly<Record<TargetName, readonly string[]>> = {
  digitalocean: [
    "traffic beyond what each droplet brings (0.01 a GiB)",
    "snapshots, which grow with the disk (0.06 a GiB)",
    "the bucket that keeps the dumps (Spaces, 5.00 a month for the whole account)",
    "database disk beyond what its size brings",
    "taxes",
  ],
  aws: [
    "traffic to the Internet (0.09 a GB)",
    "requests, and the balancer's capacity units (0.008 an hour each)",
    "copies of the database beyond its disk's size (0.095 a GiB): RDS's own, 7 daily and 12 monthly ones of AWS Backup",
    "the weekly rehearsal of a restore: a fee of AWS Backup, and another database for some hours",
    "images of the machine and dumps, which grow",
    "CPU credits beyond what a burstable size earns in a day (0.05 for a core's hour, 0.04 on arm64)",
    "data through a NAT gateway (0.045 a GB)",
    "more measures than the ten that an account has free, logs and taxes",
  ],
  local: ["your own box and its electricity"],
};

/** What the stack costs a month where it runs. */
export function billOf({ spec, hosts }: Pick<StackPlan, "spec" | "hosts">): Bill {
  return bill(needOf(spec, hosts), spec.target, spec.host.region);
}

/** A budget that is less than what is known of the stack's price. */
export function overBudget(plan: Pick<StackPlan, "spec" | "hosts">): readonly Problem[] {
  const { budget } = plan.spec.monitoring;
  const { known } = billOf(plan);
  if (budget === 0 || known <= budget) return [];
  return [{ at: "monitoring.budget", must: `must be at least ${Math.ceil(known)}, since the stack is estimated to cost ${known.toFixed(2)} a month`, got: budget, hint: "take smaller sizes, or raise it" }];
}

/** What a budget is compared with where prices are unknown; null where none is, or there is no budget. */
export function budgetNotice(plan: Pick<StackPlan, "spec" | "hosts">): string | null {
  const { target, host, monitoring: { budget } } = plan.spec;
  const { lines, known, total } = billOf(plan);
  if (budget === 0 || total !== null) return null;
  const unknown = lines.filter(({ monthly }) => monthly === null).map(({ what }) => what);
  const mend = target === catalog.aws.target ? `; npm run prices -- ${host.region} reads them where AWS' price list can be reached` : "";
  return `monitoring.budget: ${budget} is compared with ${known.toFixed(2)} a month alone, since no price is known for ${unknown.join(", ")}${mend}`;
}

/**
 * The same stack on the other clouds and regions whose prices are known in part or whole: with the cheapest size there that has at
 * least as many cores and as much memory.
 */
export function billsElsewhere({ spec, hosts }: Pick<StackPlan, "spec" | "hosts">): readonly Bill[] {
  const need = needOf(spec, hosts);
  const anySize: Need = { ...need, hosts: need.hosts.map((host) => ({ ...host, size: "" })), database: need.database === null ? null : { ...need.database, size: "" } };
  return places.filter(({ target, region }) => target !== spec.target || (target !== "digitalocean" && region !== spec.host.region))
    .map(({ target, region }) => bill(target === spec.target ? need : anySize, target, region));
}

/** Where prices are known. DigitalOcean asks the same everywhere, so it is one place. */
const places: readonly { readonly target: TargetName; readonly region: string }[] = [
  { target: "digitalocean", region: "every region" },
  ...catalog.aws.pricedRegions.map((region) => ({ target: catalog.aws.target, region })),
];

function needOf({ host, database, site, backup, services, monitoring, network }: StackSpec, hosts: readonly HostPlan[]): Need {
  return {
    hosts: hostsOf({ hosts }, "web").map(({ name }) => ({ name, size: host.size, wants: { cpus: host.cpus, memoryMiB: host.memoryMiB } })),
    // A database's cores are told by its size alone.
    database: database.kind !== "managed" ? null : { size: database.size, standby: database.standby, engine: database.engine, wants: { cpus: 1, memoryMiB: database.memoryMiB }, storageGiB: database.storageGiB },
    snapshots: host.snapshots.every,
    site: { encrypted: site.tls !== "none", zone: site.zone !== "" },
    backups: backup.enabled,
    watched: { alerts: monitoring.emails.length > 0 || monitoring.slack !== null, pages: services.some(isHttp) },
    nat: network.nat === "gateway",
  };
}

function bill(need: Need, target: TargetName, region: string): Bill {
  const lines = linesOf[target](need, region);
  const known = round(lines.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0));
  return { target, region, lines, total: lines.every(({ monthly }) => monthly !== null) ? known : null, known, notCounted: notCounted[target] };
}

const linesOf: Readonly<Record<TargetName, (need: Need, region: string) => readonly CostLine[]>> = {
  local: () => [],

  digitalocean({ hosts, database, snapshots, watched }) {
    const { droplets, databases, backupShare, uptimeCheck } = catalog.digitalocean;
    const price = (sizes: typeof droplets) => (name: string) => sizes[name]?.monthly;
    return [
      ...hosts.flatMap((host): readonly CostLine[] => {
        const size = sizeFor(host, droplets, price(droplets));
        const machine = line(host.name, `droplet ${size}`, price(droplets)(size));
        if (snapshots === "never") return [machine];
        return [machine, line(host.name, `images of it each ${snapshots}, ${backupShare[snapshots] * 100} %`, price(droplets)(size), backupShare[snapshots])];
      }),
      ...(database === null ? [] : [sizeFor(database, databases, price(databases))].map((size) => line("database", `managed database ${named(size, database)}`, price(databases)(size), servers(database)))),
      ...(watched.alerts ? [line("site", "uptime check of the hosts' alerts", uptimeCheck)] : []),
      ...(watched.alerts && watched.pages ? [line("site", "uptime check of the site", uptimeCheck)] : []),
    ];
  },

  aws({ hosts, database, site, backups, nat }, region) {
    const { instances, databases, extras, monthlyPrice, rootDiskGiB, smallestDatabaseDiskGiB } = catalog.aws;
    const price = (name: string) => monthlyPrice(region, name);
    const priceOfDatabase = (name: string) => monthlyPrice(region, `${database?.engine ?? ""} ${name}`, name);
    // A release's wheels are built for one architecture.
    const sameProcessor = Object.fromEntries(Object.entries(instances).filter(([, { architecture }]) => architecture === "amd64"));
    const databaseSize = database === null ? null : sizeFor(database, databases, priceOfDatabase);
    const alarms = awsAlarms(instances[sizeFor(hosts[0] ?? { size: "", wants: { cpus: 1, memoryMiB: 0 } }, sameProcessor, price)], databaseSize === null ? null : databases[databaseSize], backups);
    return [
      ...hosts.flatMap((host): readonly CostLine[] => {
        const size = sizeFor(host, sameProcessor, price);
        // docs/decisions/0016 says why two.
        return [line(host.name, `instance ${size}`, price(size)), line(host.name, "2 public IPv4 addresses: its own and the site's", extras.publicAddress, 2), line(host.name, `root disk of ${rootDiskGiB} GiB`, price("diskGiB"), rootDiskGiB)];
      }),
      ...(database === null || databaseSize === null ? [] : [databaseSize].flatMap((size): readonly CostLine[] => {
        const disk = Math.max(database.storageGiB, smallestDatabaseDiskGiB);
        return [line("database", `managed database ${named(size, database)}`, priceOfDatabase(size), servers(database)), line("database", `database disk of ${disk} GiB`, price("databaseDiskGiB"), disk * servers(database)), line("database", "2 secrets: the passwords of the master and of the app", price("secret"), 2)];
      })),
      ...(site.encrypted ? [line("site", "check from outside over HTTPS", extras.encryptedCheck)] : []),
      ...(site.zone ? [line("site", "its zone in Route 53", extras.zone)] : []),
      ...(alarms > freeAlarms ? [line("site", `${alarms - freeAlarms} alarms beyond the ${freeAlarms} that an account has free`, price("alarm"), alarms - freeAlarms)] : []),
      ...(nat ? [line("network", "NAT gateway", price("natGateway")), line("network", "public IPv4 address of the NAT gateway", extras.publicAddress)] : []),
    ];
  },
};

const freeAlarms = 10;

/** How many alarms a stack has there: those of its machine, its site, its backups and its database. A test holds the number to the alarms themselves. */
export function awsAlarms(host: { readonly burstable: boolean } | undefined, database: { readonly burstable: boolean } | null | undefined, backups: boolean): number {
  const credits = (size: { readonly burstable: boolean } | null | undefined) => (size?.burstable === true ? 1 : 0);
  return 5 + credits(host) + (backups ? 1 : 0) + (database === null ? 0 : 5 + credits(database));
}

/** A standby costs the same again. */
const servers = ({ standby }: { readonly standby: boolean }): number => (standby ? 2 : 1);

const named = (size: string, { standby }: { readonly standby: boolean }): string => (standby ? `${size} with a standby` : size);

/** A size in the tables is one thing; `times` is how many of a unit. */
const line = (part: string, what: string, usd: number | undefined, times = 1): CostLine => ({ part, what, monthly: usd === undefined ? null : round(usd * times) });

/** The size asked for, or else the cheapest that has as much of both, or else the smallest: a size without a price comes last. */
function sizeFor({ size, wants }: { readonly size: string; readonly wants: Size }, sizes: Readonly<Record<string, Size>>, price: (name: string) => number | undefined): string {
  if (size !== "") return size;
  const enough = Object.entries(sizes).filter(([, { cpus, memoryMiB }]) => cpus >= wants.cpus && memoryMiB >= wants.memoryMiB);
  const [best] = enough.sort(([a, one], [b, other]) => (price(a) ?? Infinity) - (price(b) ?? Infinity) || one.memoryMiB - other.memoryMiB);
  return best?.[0] ?? `of ${wants.cpus} cores and ${wants.memoryMiB} MiB`;
}

const round = (usd: number): number => Math.round(usd * 100) / 100;
