import type { Size, Source } from "./size";

/** A size with its price a month, the same in every region. */
export interface PricedSize extends Size {
  readonly monthly: number;
}

const gib = (memory: number, cpus: number, monthly: number): PricedSize => ({ cpus, memoryMiB: memory * 1024, monthly });

export const dropletSource: Source = { url: "https://gist.github.com/colinwilson/cd31bde012f6727b24b2fc4ebee749c0", date: "2022-07" };

/** Basic droplets. */
export const droplets: Readonly<Record<string, PricedSize>> = {
  "s-1vcpu-512mb-10gb": gib(0.5, 1, 4),
  "s-1vcpu-1gb": gib(1, 1, 6),
  "s-1vcpu-2gb": gib(2, 1, 12),
  "s-2vcpu-2gb": gib(2, 2, 18),
  "s-2vcpu-4gb": gib(4, 2, 24),
  "s-4vcpu-8gb": gib(8, 4, 48),
  "s-8vcpu-16gb": gib(16, 8, 96),
};

export const databaseSource: Source = { url: "https://www.digitalocean.com/pricing/managed-databases", date: "2024" };

/** One node of PostgreSQL or MySQL, with the disk that comes with it. */
export const databases: Readonly<Record<string, PricedSize>> = {
  "db-s-1vcpu-1gb": gib(1, 1, 15),
  "db-s-1vcpu-2gb": gib(2, 1, 30),
  "db-s-2vcpu-4gb": gib(4, 2, 60),
  "db-s-4vcpu-8gb": gib(8, 4, 120),
};

/** Daily backups of a droplet, as a share of its price. */
export const dailyBackups = { share: 0.3, source: { url: "https://docs.digitalocean.com/products/backups/details/pricing/", date: "2026-03-09" } as Source };

/** A balancer's node, a month. */
export const loadBalancerNode = { monthly: 12, source: { url: "https://www.digitalocean.com/pricing/load-balancers", date: "2024" } as Source };
