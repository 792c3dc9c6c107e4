/**
 * What DigitalOcean sells, as far as this project sizes and prices it; read 2026-11-22. Prices are US dollars a month, the same in every
 * region. Nothing is fetched: a size that is newer than this table is a line here.
 */

import type { DebianName } from "./debian";

/** A size with its price. */
export interface Size {
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly monthly: number;
}

const gib = (memory: number, cpus: number, monthly: number): Size => ({ cpus, memoryMiB: memory * 1024, monthly });

/**
 * Shared cores, then premium shared, general purpose, cores first, memory first. Prices of 2022-07, the last change of them:
 * https://gist.github.com/colinwilson/cd31bde012f6727b24b2fc4ebee749c0
 */
export const droplets: Readonly<Record<string, Size>> = {
  "s-1vcpu-512mb-10gb": gib(0.5, 1, 4),
  "s-1vcpu-1gb": gib(1, 1, 6),
  "s-1vcpu-2gb": gib(2, 1, 12),
  "s-2vcpu-2gb": gib(2, 2, 18),
  "s-2vcpu-4gb": gib(4, 2, 24),
  "s-4vcpu-8gb": gib(8, 4, 48),
  "s-8vcpu-16gb": gib(16, 8, 96),
  "s-1vcpu-1gb-amd": gib(1, 1, 7),
  "s-1vcpu-2gb-amd": gib(2, 1, 14),
  "s-2vcpu-2gb-amd": gib(2, 2, 21),
  "s-2vcpu-4gb-amd": gib(4, 2, 28),
  "s-4vcpu-8gb-amd": gib(8, 4, 56),
  "s-8vcpu-16gb-amd": gib(16, 8, 112),
  "s-1vcpu-1gb-intel": gib(1, 1, 7),
  "s-1vcpu-2gb-intel": gib(2, 1, 14),
  "s-2vcpu-2gb-intel": gib(2, 2, 21),
  "s-2vcpu-4gb-intel": gib(4, 2, 28),
  "s-4vcpu-8gb-intel": gib(8, 4, 56),
  "s-8vcpu-16gb-intel": gib(16, 8, 112),
  "g-2vcpu-8gb": gib(8, 2, 63),
  "g-4vcpu-16gb": gib(16, 4, 126),
  "g-8vcpu-32gb": gib(32, 8, 252),
  "c-2": gib(4, 2, 42),
  "c-4": gib(8, 4, 84),
  "c-8": gib(16, 8, 168),
  "c-16": gib(32, 16, 336),
  "m-2vcpu-16gb": gib(16, 2, 84),
  "m-4vcpu-32gb": gib(32, 4, 168),
  "m-8vcpu-64gb": gib(64, 8, 336),
};

/**
 * One node of PostgreSQL or MySQL with the disk that comes with it; a standby costs the same again. Prices of 2024:
 * https://www.digitalocean.com/pricing/managed-databases
 */
export const databases: Readonly<Record<string, Size>> = {
  "db-s-1vcpu-1gb": gib(1, 1, 15),
  "db-s-1vcpu-2gb": gib(2, 1, 30),
  "db-s-2vcpu-4gb": gib(4, 2, 60),
  "db-s-4vcpu-8gb": gib(8, 4, 120),
  "db-s-6vcpu-16gb": gib(16, 6, 240),
  "db-s-8vcpu-32gb": gib(32, 8, 480),
  "db-s-16vcpu-64gb": gib(64, 16, 960),
};

/** The disk of the smallest database, and of every other one at least: what is not asked for by a larger figure. */
export const smallestDiskGiB = 10;

/** The only size of a database that can have no standby. https://docs.digitalocean.com/products/databases/ */
export const withoutStandby = "db-s-1vcpu-1gb";

/** Backups of a whole droplet, as a share of its price: https://docs.digitalocean.com/products/backups/details/pricing/ */
export const backupShare = { day: 0.3, week: 0.2 } as const;

/** One check of its uptime service; its alerts cost nothing. https://docs.digitalocean.com/products/uptime/details/pricing/ */
export const uptimeCheck = 1;

/** How many of them it keeps: https://docs.digitalocean.com/products/backups/details/features/ */
export const backupsKept = { day: 7, week: 4 } as const;

/** Days of point-in-time recovery: https://docs.digitalocean.com/products/databases/postgresql/details/limits/ */
export const recoveryDays = 7;

/** Regions, and whether Spaces keeps buckets there: https://docs.digitalocean.com/platform/regional-availability/ */
export const regions: Readonly<Record<string, { readonly spaces: boolean }>> = {
  ams3: { spaces: true },
  blr1: { spaces: true },
  fra1: { spaces: true },
  lon1: { spaces: true },
  nyc1: { spaces: false },
  nyc2: { spaces: false },
  nyc3: { spaces: true },
  sfo2: { spaces: true },
  sfo3: { spaces: true },
  sgp1: { spaces: true },
  syd1: { spaces: true },
  tor1: { spaces: true },
};

/** Names of images by our own. https://docs.digitalocean.com/products/droplets/details/images/ */
export const images: Readonly<Record<DebianName, string>> = { "debian-13": "debian-13-x64", "debian-12": "debian-12-x64" };

/** Names of engines by our own. */
export const engines = { postgres: "pg", mysql: "mysql" } as const;

/**
 * Versions on offer, with the last day on which their makers mend them; DigitalOcean publishes none of its own, and does not say which
 * MySQL its 8 is (null).
 * https://docs.digitalocean.com/products/databases/postgresql/details/supported-versions/ and https://www.postgresql.org/support/versioning/
 */
export const supportedUntil: Readonly<Record<"postgres" | "mysql", Readonly<Record<string, string | null>>>> = {
  postgres: { "14": "2026-11-12", "15": "2027-11-11", "16": "2028-11-09", "17": "2029-11-08", "18": "2030-11-14" },
  mysql: { "8": null },
};

/** Hours, UTC, at which backups of droplets begin: https://docs.digitalocean.com/reference/api/digitalocean/#tag/Droplets */
export const backupHours: readonly number[] = [0, 4, 8, 12, 16, 20];
