// Not called awsPrices.json: `./awsPrices` would then be that file, since Node looks for .json before .ts.
import table from "./aws-prices.json";

/**
 * Prices of AWS that differ by region: on demand, Linux, shared tenancy, one server of a database. Each has its source and the day it was
 * read; one that no source gave is unknown and never guessed. `npm run prices -- REGION` reads a region's in AWS' own list and writes them
 * here.
 */

/** What one source gave for one region. */
export interface Reading {
  readonly region: string;
  /** "2026-11-22". */
  readonly read: string;
  readonly source: string;
  /**
   * US dollars an hour by name: a type of machine, a class of database with or without its engine before it ("postgres db.t4g.micro"),
   * natGateway.
   */
  readonly hourly: Readonly<Record<string, number>>;
  /** US dollars a month of one: diskGiB, databaseDiskGiB, secret, alarm. */
  readonly monthly: Readonly<Record<string, number>>;
}

export const readings: readonly Reading[] = table;

const hoursInMonth = 730;

/**
 * US dollars a month of what has one of these names, the first that a reading of the region has, by the newest such reading; undefined
 * where none has.
 */
export function monthlyPrice(region: string, ...names: readonly string[]): number | undefined {
  const there = readings.filter((reading) => reading.region === region).sort((one, other) => (one.read < other.read ? 1 : -1));
  for (const name of names) {
    for (const { hourly, monthly } of there) {
      const [hour, month] = [hourly[name], monthly[name]];
      if (month !== undefined) return month;
      if (hour !== undefined) return Math.round(hour * hoursInMonth * 100) / 100;
    }
  }
  return undefined;
}

/** Regions of which the price of some type of machine is known, so that a stack can be priced there. */
export const pricedRegions = (types: readonly string[]): readonly string[] => [
  ...new Set(readings.filter(({ hourly }) => types.some((type) => hourly[type] !== undefined)).map(({ region }) => region)),
];
