import type { Reading } from "../../infra/config/catalog/awsPrices";
import { UsageError } from "../terminal";

/** Services of AWS whose lists hold what a stack pays for, by their names there. */
export const services = ["AmazonEC2", "AmazonRDS", "AWSSecretsManager", "AmazonCloudWatch"] as const;

/** Public, without an account. https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html */
export const listUrl = (service: (typeof services)[number], region: string): string =>
  `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/${service}/current/${region}/index.csv`;

export type Prices = Pick<Reading, "hourly" | "monthly">;

type Row = Readonly<Record<string, string>>;

/** Names of the table that rows of a list are the price of; a row that is none of them has no name. */
interface Rule {
  readonly per: keyof Prices;
  name(row: Row): string | undefined;
}

const engines: Readonly<Record<string, string>> = { PostgreSQL: "postgres", MySQL: "mysql" };

const ofUsage =
  (usage: RegExp, name: string) =>
  (row: Row): string | undefined =>
    usage.test(row["usageType"] ?? "") ? name : undefined;

const rules: readonly Rule[] = [
  {
    per: "hourly",
    // An instance that runs, not one that is reserved and empty; no software of others on it.
    name: (row) =>
      row["Product Family"] === "Compute Instance" &&
      row["Operating System"] === "Linux" &&
      row["Tenancy"] === "Shared" &&
      row["CapacityStatus"] === "Used" &&
      row["Pre Installed S/W"] === "NA"
        ? row["Instance Type"]
        : undefined,
  },
  {
    per: "hourly",
    name: (row) => {
      const engine = engines[row["Database Engine"] ?? ""];
      return row["Product Family"] === "Database Instance" && row["Deployment Option"] === "Single-AZ" && engine !== undefined
        ? `${engine} ${row["Instance Type"] ?? ""}`
        : undefined;
    },
  },
  { per: "hourly", name: ofUsage(/(^|-)NatGateway-Hours$/, "natGateway") },
  { per: "monthly", name: ofUsage(/(^|-)EBS:VolumeUsage\.gp3$/, "diskGiB") },
  { per: "monthly", name: ofUsage(/(^|-)RDS:GP3-Storage$/, "databaseDiskGiB") },
  { per: "monthly", name: ofUsage(/(^|-)AWSSecretsManager-Secrets?$/, "secret") },
  { per: "monthly", name: ofUsage(/(^|-)CW:AlarmMonitorUsage$/, "alarm") },
];

const wanted = ["TermType", "StartingRange", "PricePerUnit", "Currency", "usageType"] as const;

/**
 * The prices of the table in one list, line by line, since a list has some hundred megabytes. `known`: types and classes that a stack may
 * have.
 *
 * @throws UsageError for a text that is no list of that form
 */
export async function pricesIn(lines: AsyncIterable<string> | Iterable<string>, known: ReadonlySet<string>): Promise<Prices> {
  const found: { hourly: Record<string, number>; monthly: Record<string, number> } = { hourly: {}, monthly: {} };
  let columns: readonly string[] | undefined;
  for await (const line of lines) {
    const cells = cellsOf(line);
    if (columns === undefined) {
      // Five lines about the list come before its columns.
      if (cells[0] === "SKU") columns = cells;
      continue;
    }
    const row: Row = Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""]));
    const usd = Number(row["PricePerUnit"]);
    // The first of several steps of a price is what a stack as small as one machine pays.
    if (row["TermType"] !== "OnDemand" || row["Currency"] !== "USD" || Number(row["StartingRange"]) > 0 || !(usd > 0)) continue;
    for (const { per, name } of rules) {
      const one = name(row);
      if (one !== undefined && (per === "monthly" || one === "natGateway" || known.has(one.split(" ").at(-1) ?? ""))) found[per][one] = usd;
    }
  }
  const missing = wanted.filter((column) => columns?.includes(column) !== true);
  if (missing.length > 0)
    throw new UsageError(`the list has no column ${missing.join(", ")}: it is not as the documents of AWS' price list say`);
  return found;
}

/** Cells of a line, each in double quotes, in which two stand for one. */
function cellsOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"]|"")*)"|([^,"]+)|(?<=^|,)(?=,|$)/g)].map(([, quoted, plain]) =>
    (quoted ?? plain ?? "").replaceAll('""', '"'),
  );
}

/** The table with a region's readings replaced by a new one. */
export function withReading(readings: readonly Reading[], reading: Reading): readonly Reading[] {
  const sorted = (prices: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(prices).sort(([one], [other]) => (one < other ? -1 : 1)));
  return [
    ...readings.filter(({ region }) => region !== reading.region),
    { ...reading, hourly: sorted(reading.hourly), monthly: sorted(reading.monthly) },
  ];
}
