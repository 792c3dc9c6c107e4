import { catalog } from "../config/catalog";
import type { Size, Source } from "../config/catalog/size";
import type { StackSpec, TargetName } from "../config/spec";
import type { HostPlan, StackPlan } from "./plan";

/** One line of a bill. */
export interface CostLine {
  /** The part of the stack it belongs to: a host's name, "database", "balancer". */
  readonly part: string;
  readonly what: string;
  /** USD a month; null means that no price is known to us. */
  readonly monthly: number | null;
  readonly source: Source | null;
}

export interface Bill {
  readonly target: TargetName;
  readonly region: string;
  readonly lines: readonly CostLine[];
  /** Sum of all lines; null as soon as one of them has no price. */
  readonly total: number | null;
  readonly notCounted: readonly string[];
}

/** What the stack needs of a cloud, without the names that only one cloud has. */
interface Need {
  readonly hosts: readonly { readonly name: string; readonly size: string; readonly wants: Size }[];
  readonly database: { readonly size: string; readonly wants: Size; readonly storageGiB: number } | null;
  readonly backups: boolean;
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
    "backups of the database beyond its disk's size, snapshots and dumps, which grow",
    "CPU credits beyond the baseline of a burstable size",
    "alarms, logs and taxes",
  ],
  local: ["your own box and its electricity"],
};

/** What the stack costs a month where it runs. */
export function billOf({ spec, hosts }: Pick<StackPlan, "spec" | "hosts">): Bill {
  return bill(needOf(spec, hosts), spec.target, spec.host.region);
}

/**
 * The same stack on the other clouds and regions whose prices are known in part or whole: with the cheapest size there that has at
 * least as many cores and as much memory.
 */
export function billsElsewhere({ spec, hosts }: Pick<StackPlan, "spec" | "hosts">): readonly Bill[] {
  const need = needOf(spec, hosts);
  const anySize: Need = { ...need, hosts: need.hosts.map((host) => ({ ...host, size: "" })), database: need.database === null ? null : { ...need.database, size: "" } };
  return places().filter(({ target, region }) => target !== spec.target || (target !== "digitalocean" && region !== spec.host.region))
    .map(({ target, region }) => bill(target === spec.target ? need : anySize, target, region));
}

/** DigitalOcean asks the same everywhere, so it is one place. */
function places(): readonly { readonly target: TargetName; readonly region: string }[] {
  const priced = Object.entries(catalog).flatMap(([target, table]) => ("regions" in table ? Object.keys(table.regions).map((region) => ({ target: target as TargetName, region })) : [{ target: target as TargetName, region: "every region" }]));
  return priced;
}

function needOf({ host, database, backup }: StackSpec, hosts: readonly HostPlan[]): Need {
  return {
    hosts: hosts.map(({ name }) => ({ name, size: host.size, wants: { cpus: host.cpus, memoryMiB: host.memoryMiB } })),
    // A database's cores are told by its size alone.
    database: database.kind === "none" ? null : { size: database.size, wants: { cpus: 1, memoryMiB: database.memoryMiB }, storageGiB: database.storageGiB },
    backups: backup.enabled,
  };
}

function bill(need: Need, target: TargetName, region: string): Bill {
  const lines = linesOf[target](need, region);
  const total = lines.every(({ monthly }) => monthly !== null) ? round(lines.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0)) : null;
  return { target, region, lines, total, notCounted: notCounted[target] };
}

const linesOf: Readonly<Record<TargetName, (need: Need, region: string) => readonly CostLine[]>> = {
  local: () => [],

  digitalocean({ hosts, database, backups }) {
    const { droplets, dropletSource, databases, databaseSource, dailyBackups } = catalog.digitalocean;
    const price = (sizes: typeof droplets) => (name: string) => sizes[name]?.monthly ?? null;
    return [
      ...hosts.flatMap((host): readonly CostLine[] => {
        const size = sizeFor(host, droplets, price(droplets));
        const monthly = price(droplets)(size);
        const machine = { part: host.name, what: `droplet ${size}`, monthly, source: dropletSource };
        return backups ? [machine, { part: host.name, what: "its daily backups, 30 %", monthly: monthly === null ? null : round(monthly * dailyBackups.share), source: dailyBackups.source }] : [machine];
      }),
      ...(database === null ? [] : [sizeFor(database, databases, price(databases))].map((size) => ({ part: "database", what: `managed database ${size}`, monthly: price(databases)(size), source: databaseSource }))),
    ];
  },

  aws({ hosts, database }, region) {
    const { instances, databaseClasses, regions, addressHour, monthHours, rootDiskGiB, smallestDatabaseDiskGiB } = catalog.aws;
    const prices = regions[region];
    const source = prices?.source ?? null;
    const hourly = (table: Readonly<Record<string, number>> | undefined) => (name: string) => scaled(table?.[name], monthHours);
    return [
      ...hosts.flatMap((host): readonly CostLine[] => {
        const size = sizeFor(host, instances, hourly(prices?.instanceHour));
        return [
          { part: host.name, what: `instance ${size}`, monthly: hourly(prices?.instanceHour)(size), source },
          { part: host.name, what: "public IPv4 address", monthly: scaled(addressHour.usd, monthHours), source: addressHour.source },
          { part: host.name, what: `root disk of ${rootDiskGiB} GiB`, monthly: scaled(prices?.diskGiB, rootDiskGiB), source },
        ];
      }),
      ...(database === null ? [] : [sizeFor(database, databaseClasses, hourly(prices?.databaseHour))].flatMap((size): readonly CostLine[] => [
        { part: "database", what: `managed database ${size}`, monthly: hourly(prices?.databaseHour)(size), source },
        { part: "database", what: `database disk of ${Math.max(database.storageGiB, smallestDatabaseDiskGiB)} GiB`, monthly: scaled(prices?.databaseDiskGiB, Math.max(database.storageGiB, smallestDatabaseDiskGiB)), source },
      ])),
    ];
  },
};

/** The size asked for, or else the cheapest that has as much of both, or else the smallest: a size without a price comes last. */
function sizeFor({ size, wants }: { readonly size: string; readonly wants: Size }, sizes: Readonly<Record<string, Size>>, price: (name: string) => number | null): string {
  if (size !== "") return size;
  const enough = Object.entries(sizes).filter(([, { cpus, memoryMiB }]) => cpus >= wants.cpus && memoryMiB >= wants.memoryMiB);
  const [best] = enough.sort(([a, one], [b, other]) => (price(a) ?? Infinity) - (price(b) ?? Infinity) || one.memoryMiB - other.memoryMiB);
  return best?.[0] ?? `of ${wants.cpus} cores and ${wants.memoryMiB} MiB`;
}

const scaled = (price: number | undefined, by: number): number | null => (price === undefined ? null : round(price * by));

const round = (usd: number): number => Math.round(usd * 100) / 100;
