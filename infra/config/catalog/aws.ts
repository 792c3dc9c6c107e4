/**
 * What AWS sells, as far as this project sizes it; prices that differ by region are in aws-prices.json, see awsPrices.ts.
 * Sizes: https://aws.amazon.com/ec2/instance-types/ and
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
 */

export interface InstanceType {
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly architecture: "amd64" | "arm64";
  /** Pays for its cores with credits that it earns while idle. */
  readonly burstable: boolean;
  /**
   * CPU credits that it earns, each a core for a minute; 0 where it is not burstable.
   * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
   */
  readonly creditsPerHour: number;
}

export interface DatabaseClass {
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Connections that the engine's default leaves to the app, see {@link connectionsFor}. */
  readonly connections: Readonly<Record<"postgres" | "mysql", number>>;
  readonly burstable: boolean;
  /** Engines whose queries Performance Insights can watch on this class. */
  readonly insights: readonly ("postgres" | "mysql")[];
}

/**
 * max_connections is bytes / 9531392 for PostgreSQL and bytes / 12582880 for MySQL, of a memory that the system has taken its share of
 * first; that share is estimated at about a quarter, what the smallest classes lose.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
 */
export const connectionsFor = (engine: "postgres" | "mysql", memoryMiB: number): number =>
  Math.min(5000, Math.floor(((engine === "postgres" ? 80 : 60) * memoryMiB) / 1024));

type Row = readonly [name: string, cpus: number, gib: number];

function hosts(architecture: "amd64" | "arm64", burstable: boolean, rows: readonly Row[]): [string, InstanceType][] {
  return rows.map(([name, cpus, gib]) => [
    name,
    { cpus, memoryMiB: gib * 1024, architecture, burstable, creditsPerHour: burstable ? (earned[name.split(".")[1] ?? ""] ?? 0) : 0 },
  ]);
}

/** The same in each family of burstable types. */
const earned: Readonly<Record<string, number>> = { nano: 6, micro: 12, small: 24, medium: 24, large: 36, xlarge: 96, "2xlarge": 192 };

/** Types that a host may have. */
export const instances: Readonly<Record<string, InstanceType>> = Object.fromEntries([
  ...hosts("amd64", true, [
    ["t3.nano", 2, 0.5],
    ["t3.micro", 2, 1],
    ["t3.small", 2, 2],
    ["t3.medium", 2, 4],
    ["t3.large", 2, 8],
    ["t3.xlarge", 4, 16],
    ["t3.2xlarge", 8, 32],
    ["t3a.nano", 2, 0.5],
    ["t3a.micro", 2, 1],
    ["t3a.small", 2, 2],
    ["t3a.medium", 2, 4],
    ["t3a.large", 2, 8],
  ]),
  ...hosts("arm64", true, [
    ["t4g.nano", 2, 0.5],
    ["t4g.micro", 2, 1],
    ["t4g.small", 2, 2],
    ["t4g.medium", 2, 4],
    ["t4g.large", 2, 8],
    ["t4g.xlarge", 4, 16],
    ["t4g.2xlarge", 8, 32],
  ]),
  ...hosts("amd64", false, [
    ["m6i.large", 2, 8],
    ["m6i.xlarge", 4, 16],
    ["m6i.2xlarge", 8, 32],
    ["c6i.large", 2, 4],
    ["c6i.xlarge", 4, 8],
    ["r6i.large", 2, 16],
  ]),
]);

// prettier-ignore
const databaseRows: readonly (readonly [name: string, gib: number, burstable: boolean])[] = [
  ["db.t3.micro", 1, true], ["db.t3.small", 2, true], ["db.t3.medium", 4, true], ["db.t3.large", 8, true], ["db.t4g.micro", 1, true],
  ["db.t4g.small", 2, true], ["db.t4g.medium", 4, true], ["db.t4g.large", 8, true], ["db.t4g.xlarge", 16, true],
  ["db.t4g.2xlarge", 32, true], ["db.m6g.large", 8, false], ["db.m6g.xlarge", 16, false], ["db.m7g.large", 8, false],
  ["db.m7g.xlarge", 16, false], ["db.r6g.large", 16, false],
];

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html
const withoutMysqlInsights = /^db\.(t3|t4g)\.(micro|small)$/;

/** Classes that a database may have. */
export const databases: Readonly<Record<string, DatabaseClass>> = Object.fromEntries(
  databaseRows.map(([name, gib, burstable]): [string, DatabaseClass] => [
    name,
    {
      cpus: name.endsWith(".2xlarge") ? 8 : name.endsWith(".xlarge") ? 4 : 2,
      memoryMiB: gib * 1024,
      connections: { postgres: connectionsFor("postgres", gib * 1024), mysql: connectionsFor("mysql", gib * 1024) },
      burstable,
      insights: withoutMysqlInsights.test(name) ? ["postgres"] : ["postgres", "mysql"],
    },
  ]),
);

/**
 * Regions and two zones of each, for the two subnets of a kind. Regions that an account must opt into, and those of which an account sees
 * other zones than these, are left out. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
 */
// prettier-ignore
export const regions: Readonly<Record<string, readonly [string, string]>> = Object.fromEntries(
  [
    ["eu-central-1", "ab"], ["eu-west-1", "ab"], ["eu-west-2", "ab"], ["eu-west-3", "ab"], ["eu-north-1", "ab"], ["us-east-1", "ab"],
    ["us-east-2", "ab"], ["us-west-2", "ab"], ["ca-central-1", "ab"], ["ap-northeast-1", "ac"], ["ap-northeast-2", "ab"],
    ["ap-south-1", "ab"], ["ap-southeast-1", "ab"], ["ap-southeast-2", "ab"], ["sa-east-1", "ac"],
  ].map(([name = "", zones = ""]) => [name, [`${name}${zones.charAt(0)}`, `${name}${zones.charAt(1)}`] as const]),
);

/**
 * Versions on offer, with the last day of RDS's standard support of each. After it RDS makes no database of the version where Extended
 * Support is off, and what is restored from an older one comes up in a higher version.
 * Dates: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
 * and https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
 * What follows: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html and
 * API_RestoreDBInstanceFromDBSnapshot.html
 */
export const supportedUntil: Readonly<Record<"postgres" | "mysql", Readonly<Record<string, string>>>> = {
  postgres: { "14": "2027-02-28", "15": "2028-02-29", "16": "2029-02-28", "17": "2030-02-28" },
  mysql: { "8.0": "2026-07-31", "8.4": "2029-07-31" },
};

/** Families of parameters by engine and version. */
export const parameterFamily = (engine: "postgres" | "mysql", version: string): string => `${engine}${version}`;

/**
 * What a GiB of it costs a month when its stack is gone, US dollars in us-east-1. Read 2026-11-22.
 * https://aws.amazon.com/rds/postgresql/pricing/ (backup storage), https://aws.amazon.com/s3/pricing/ and https://aws.amazon.com/ebs/pricing/ (snapshots)
 */
export const leftGiB = { database: 0.095, bucket: 0.023, image: 0.05 } as const;

/** What else a stack pays for, US dollars a month, the same in every region. Read 2026-11-22. */
export const extras = {
  /** https://aws.amazon.com/blogs/aws/new-aws-public-ipv4-address-charge-public-ip-insights/ */
  publicAddress: 3.65,
  /** https://aws.amazon.com/route53/pricing/ A check over HTTP from all the world is free for 50 machines of AWS. */
  zone: 0.5,
  encryptedCheck: 1,
} as const;
