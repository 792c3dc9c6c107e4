import type { StackSpec } from "../../config/spec";
import { hostsOf } from "../hosts";
import type { HostPlan } from "../plan";
import { isHttp } from "../../services";

/** Cores and memory, by which a size of one cloud is found again on another. */
export interface Size {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** What the stack needs of a cloud, without the names that only one cloud has. */
export interface Need {
  readonly hosts: readonly { readonly name: string; readonly size: string; readonly wants: Size }[];
  readonly database: {
    readonly size: string;
    readonly wants: Size;
    readonly engine: "postgres" | "mysql";
    readonly storageGiB: number;
    readonly standby: boolean;
  } | null;
  /** Images of the whole machine. */
  readonly snapshots: "day" | "week" | "never";
  readonly site: { readonly encrypted: boolean; readonly zone: boolean };
  readonly backups: boolean;
  /** Somebody hears of alerts; `pages`: of what answers over HTTP, too. */
  readonly watched: { readonly alerts: boolean; readonly pages: boolean };
  readonly nat: boolean;
}

/** That of a description and its machines. */
export function needOf({ host, database, site, backup, services, monitoring, network }: StackSpec, hosts: readonly HostPlan[]): Need {
  return {
    hosts: hostsOf({ hosts }, "web").map(({ name }) => ({ name, size: host.size, wants: { cpus: host.cpus, memoryMiB: host.memoryMiB } })),
    // A database's cores are told by its size alone.
    database:
      database.kind !== "managed"
        ? null
        : {
            size: database.size,
            standby: database.standby,
            engine: database.engine,
            wants: { cpus: 1, memoryMiB: database.memoryMiB },
            storageGiB: database.storageGiB,
          },
    snapshots: host.snapshots.every,
    site: { encrypted: site.tls !== "none", zone: site.zone !== "" },
    backups: backup.enabled,
    watched: { alerts: monitoring.emails.length > 0 || monitoring.slack !== null, pages: services.some(isHttp) },
    nat: network.nat === "gateway",
  };
}
