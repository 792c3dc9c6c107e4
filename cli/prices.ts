/**
 * npm run prices -- REGION...: reads what AWS asks in these regions, in its public price list, and writes the dated table that bills and
 * budgets are made by.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { databases, instances, regions } from "../infra/config/catalog/aws";
import type { Reading } from "../infra/config/catalog/awsPrices";
import { project } from "../tools/setup/folders";
import { listUrl, pricesIn, services, withReading, type Prices } from "./prices/priceList";
import { main, UsageError } from "./terminal";

const known: ReadonlySet<string> = new Set([...Object.keys(instances), ...Object.keys(databases)]);
const table = join(project, "infra/config/catalog/aws-prices.json");

main(async () => {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => regions[name] === undefined);
  if (names.length === 0 || unknown.length > 0)
    throw new UsageError(
      "npm run prices -- REGION...: must name regions of " +
        `${Object.keys(regions).join(", ")}${unknown.length === 0 ? "" : `, got ${unknown.join(", ")}`}`,
    );
  for (const region of names) {
    const reading = await read(region);
    // Each region by itself: what one gave is kept when the next one fails.
    const readings = withReading(JSON.parse(readFileSync(table, "utf8")) as readonly Reading[], reading);
    writeFileSync(table, `${JSON.stringify(readings, null, 2)}\n`);
    const without = ["natGateway", "diskGiB", "databaseDiskGiB", "secret", "alarm", ...known].filter(
      (name) => ![...Object.keys(reading.hourly), ...Object.keys(reading.monthly)].some((one) => one.endsWith(name)),
    );
    if (without.length > 0) console.log(`${region}: the lists have no price of ${without.join(", ")}`);
    console.log(
      `${region}: ${Object.keys(reading.hourly).length + Object.keys(reading.monthly).length} prices of ${reading.read}, in ${table}`,
    );
  }
  return 0;
});

async function read(region: string): Promise<Reading> {
  const all: Prices[] = [];
  for (const service of services) {
    console.log(`Reading ${listUrl(service, region)} ...`);
    all.push(await pricesOf(listUrl(service, region)));
  }
  const source = services.map((service) => listUrl(service, region)).join(", ");
  const merged = (per: keyof Prices) => Object.assign({}, ...all.map((prices) => prices[per])) as Record<string, number>;
  return { region, read: new Date().toISOString().slice(0, 10), source, hourly: merged("hourly"), monthly: merged("monthly") };
}

/** @throws UsageError where the list cannot be had whole, with nothing written */
async function pricesOf(url: string): Promise<Prices> {
  try {
    const answer = await fetch(url);
    if (!answer.ok || answer.body === null) throw new UsageError(`was answered with ${answer.status}`);
    return await pricesIn(createInterface({ input: Readable.fromWeb(answer.body), crlfDelay: Infinity }), known);
  } catch (error) {
    const { message, cause } = error as Error;
    throw new UsageError(
      `${url}: ${cause instanceof Error ? `cannot be reached from here (${cause.message})` : message}; the table stays as it is`,
    );
  }
}
