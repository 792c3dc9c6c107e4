import { catalog } from "../../config/catalog";
import type { TargetName } from "../../config/spec";
import type { Need, Size } from "./need";

/** One line of a bill. */
export interface CostLine {
  /** The part of the stack it belongs to: a host's name, "database", "balancer". */
  readonly part: string;
  readonly what: string;
  /** USD a month; null means that no price is known to us. */
  readonly monthly: number | null;
}

/** What each target asks for a need, in the order of a bill. */
export const linesOf: Readonly<Record<TargetName, (need: Need, region: string) => readonly CostLine[]>> = {
  local: () => [],

  digitalocean({ hosts, database, snapshots, watched }) {
    const { droplets, databases, backupShare, uptimeCheck } = catalog.digitalocean;
    const price = (sizes: typeof droplets) => (name: string) => sizes[name]?.monthly;
    return [
      ...hosts.flatMap((host): readonly CostLine[] => {
        const size = sizeFor(host, droplets, price(droplets));
        const machine = line(host.name, `droplet ${size}`, price(droplets)(size));
        if (snapshots === "never") return [machine];
        return [
          machine,
          line(
            host.name,
            `images of it each ${snapshots}, ${backupShare[snapshots] * 100} %`,
            price(droplets)(size),
            backupShare[snapshots],
          ),
        ];
      }),
      ...(database === null
        ? []
        : [sizeFor(database, databases, price(databases))].map((size) =>
            line("database", `managed database ${named(size, database)}`, price(databases)(size), servers(database)),
          )),
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
    const alarms = awsAlarms(
      instances[sizeFor(hosts[0] ?? { size: "", wants: { cpus: 1, memoryMiB: 0 } }, sameProcessor, price)],
      databaseSize === null ? null : databases[databaseSize],
      backups,
    );
    return [
      ...hosts.flatMap((host): readonly CostLine[] => {
        const size = sizeFor(host, sameProcessor, price);
        // docs/decisions/0016 says why two.
        return [
          line(host.name, `instance ${size}`, price(size)),
          line(host.name, "2 public IPv4 addresses: its own and the site's", extras.publicAddress, 2),
          line(host.name, `root disk of ${rootDiskGiB} GiB`, price("diskGiB"), rootDiskGiB),
        ];
      }),
      ...(database === null || databaseSize === null
        ? []
        : [databaseSize].flatMap((size): readonly CostLine[] => {
            const disk = Math.max(database.storageGiB, smallestDatabaseDiskGiB);
            return [
              line("database", `managed database ${named(size, database)}`, priceOfDatabase(size), servers(database)),
              line("database", `database disk of ${disk} GiB`, price("databaseDiskGiB"), disk * servers(database)),
              line("database", "2 secrets: the passwords of the master and of the app", price("secret"), 2),
            ];
          })),
      ...(site.encrypted ? [line("site", "check from outside over HTTPS", extras.encryptedCheck)] : []),
      ...(site.zone ? [line("site", "its zone in Route 53", extras.zone)] : []),
      ...(alarms > freeAlarms
        ? [
            line(
              "site",
              `${alarms - freeAlarms} alarms beyond the ${freeAlarms} that an account has free`,
              price("alarm"),
              alarms - freeAlarms,
            ),
          ]
        : []),
      ...(nat
        ? [
            line("network", "NAT gateway", price("natGateway")),
            line("network", "public IPv4 address of the NAT gateway", extras.publicAddress),
          ]
        : []),
    ];
  },
};

const freeAlarms = 10;

/**
 * How many alarms a stack has there: those of its machine, its site, its backups and its database. A test holds the number to the alarms
 * themselves.
 */
export function awsAlarms(
  host: { readonly burstable: boolean } | undefined,
  database: { readonly burstable: boolean } | null | undefined,
  backups: boolean,
): number {
  const credits = (size: { readonly burstable: boolean } | null | undefined) => (size?.burstable === true ? 1 : 0);
  return 5 + credits(host) + (backups ? 1 : 0) + (database === null ? 0 : 5 + credits(database));
}

/** A standby costs the same again. */
const servers = ({ standby }: { readonly standby: boolean }): number => (standby ? 2 : 1);

const named = (size: string, { standby }: { readonly standby: boolean }): string => (standby ? `${size} with a standby` : size);

/** A size in the tables is one thing; `times` is how many of a unit. */
const line = (part: string, what: string, usd: number | undefined, times = 1): CostLine => ({
  part,
  what,
  monthly: usd === undefined ? null : round(usd * times),
});

/** The size asked for, or else the cheapest that has as much of both, or else the smallest: a size without a price comes last. */
function sizeFor(
  { size, wants }: { readonly size: string; readonly wants: Size },
  sizes: Readonly<Record<string, Size>>,
  price: (name: string) => number | undefined,
): string {
  if (size !== "") return size;
  const enough = Object.entries(sizes).filter(([, { cpus, memoryMiB }]) => cpus >= wants.cpus && memoryMiB >= wants.memoryMiB);
  const [best] = enough.sort(([a, one], [b, other]) => (price(a) ?? Infinity) - (price(b) ?? Infinity) || one.memoryMiB - other.memoryMiB);
  return best?.[0] ?? `of ${wants.cpus} cores and ${wants.memoryMiB} MiB`;
}

/** To cents. */
export const round = (usd: number): number => Math.round(usd * 100) / 100;
