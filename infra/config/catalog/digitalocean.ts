/** A size with its price: US dollars a month, the same in every region. Nothing here is fetched; each price has a source and its date. */
export interface Size {
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly monthly: number;
}

const gib = (memory: number, cpus: number, monthly: number): Size => ({ cpus, memoryMiB: memory * 1024, monthly });

/** Basic droplets, by the change of prices of 2022-07: https://gist.github.com/colinwilson/cd31bde012f6727b24b2fc4ebee749c0 */
export const droplets: Readonly<Record<string, Size>> = {
  "s-1vcpu-512mb-10gb": gib(0.5, 1, 4),
  "s-1vcpu-1gb": gib(1, 1, 6),
  "s-1vcpu-2gb": gib(2, 1, 12),
  "s-2vcpu-2gb": gib(2, 2, 18),
  "s-2vcpu-4gb": gib(4, 2, 24),
  "s-4vcpu-8gb": gib(8, 4, 48),
  "s-8vcpu-16gb": gib(16, 8, 96),
};

/** One node of PostgreSQL or MySQL, with the disk that comes with it, 2024: https://www.digitalocean.com/pricing/managed-databases */
export const databases: Readonly<Record<string, Size>> = {
  "db-s-1vcpu-1gb": gib(1, 1, 15),
  "db-s-1vcpu-2gb": gib(2, 1, 30),
  "db-s-2vcpu-4gb": gib(4, 2, 60),
  "db-s-4vcpu-8gb": gib(8, 4, 120),
};

/** Backups of a whole droplet, as a share of its price, 2026-03-09: https://docs.digitalocean.com/products/backups/details/pricing/ */
export const backupShare = { day: 0.3, week: 0.2 } as const;

/** Names of images by our own. https://docs.digitalocean.com/products/droplets/details/images/ */
export const images: Readonly<Record<string, string>> = { "debian-12": "debian-12-x64" };
