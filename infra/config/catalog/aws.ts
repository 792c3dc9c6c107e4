import type { Size, Source } from "./size";

const gib = (memory: number, cpus = 2): Size => ({ cpus, memoryMiB: memory * 1024 });

/** https://aws.amazon.com/ec2/instance-types/t3/ */
export const instances: Readonly<Record<string, Size>> = {
  "t3.nano": gib(0.5),
  "t3.micro": gib(1),
  "t3.small": gib(2),
  "t3.medium": gib(4),
  "t3.large": gib(8),
  "t3.xlarge": gib(16, 4),
};

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html */
export const databaseClasses: Readonly<Record<string, Size>> = {
  "db.t4g.micro": gib(1),
  "db.t4g.small": gib(2),
  "db.t4g.medium": gib(4),
  "db.t4g.large": gib(8),
};

export interface RegionPrices {
  readonly source: Source;
  /** An hour of an instance, by its type. */
  readonly instanceHour: Readonly<Record<string, number>>;
  /** An hour of a database on one zone, by its class. */
  readonly databaseHour: Readonly<Record<string, number>>;
  /** A GiB of disk a month. */
  readonly diskGiB?: number;
  readonly databaseDiskGiB?: number;
  readonly loadBalancerHour?: number;
}

/** What is not here has no price known to us. */
export const regions: Readonly<Record<string, RegionPrices>> = {
  "us-east-1": {
    source: { url: "https://infratally.com/articles/aws-rds-pricing-explained-2026.html and https://aws.amazon.com/ec2/pricing/on-demand/", date: "2026-01" },
    instanceHour: { "t3.micro": 0.0104, "t3.small": 0.0208, "t3.medium": 0.0416, "t3.large": 0.0832 },
    databaseHour: { "db.t4g.micro": 0.016, "db.t4g.small": 0.032, "db.t4g.medium": 0.065 },
    diskGiB: 0.08,
    databaseDiskGiB: 0.115,
    loadBalancerHour: 0.0225,
  },
  "eu-central-1": {
    source: { url: "https://matthiaskraaz.blogspot.com/2021/08/aws-ec2-price-of-maxed-out-burstable.html", date: "2021-08-30" },
    instanceHour: { "t3.micro": 0.012, "t3.small": 0.024 },
    databaseHour: {},
    loadBalancerHour: 0.027,
  },
};

/** A public IPv4 address an hour, in every region, attached or not. */
export const addressHour = { usd: 0.005, source: { url: "https://aws.amazon.com/blogs/aws/new-aws-public-ipv4-address-charge-public-ip-insights/", date: "2024-02-01" } as Source };

/** Hours of a month, as AWS's own calculator counts them. */
export const monthHours = 730;

/** The root disk of an instance. */
export const rootDiskGiB = 20;

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage */
export const smallestDatabaseDiskGiB = 20;
