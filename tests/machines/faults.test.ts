/**
 * Everything that goes wrong, under load: what fails, what is lost (nothing), how it is seen. Prints the rows of docs/faults.md.
 * Limit: one web host; a machine is killed by its processes, so its page cache survives; all machines share the box's clock.
 */
import { writeFileSync } from "node:fs";
import { faults } from "./faults";
import { cells } from "./faults/document";
import { measure } from "./faults/measure";
import { FaultSite } from "./faults/site";
import { Traffic, VISITORS } from "./faults/traffic";
import { rowsOf } from "./rows";

const site = new FaultSite("edge", 14040);
let traffic: Traffic;
/** What each fault cost, for the table. */
const met: (readonly string[])[] = [];

beforeAll(async () => {
  await site.up();
  traffic = new Traffic(`${site.url}products`, VISITORS, site.address);
  await traffic.running();
}, 400_000);

afterAll(async () => {
  const table = process.env.WEBSTACK_FAULT_TABLE;
  if (table !== undefined) writeFileSync(table, JSON.stringify(met));
  traffic?.stop();
  await site.down();
}, 120_000);

test.each(rowsOf("faults", faults, ({ name }) => name))(
  "$name",
  async (fault) => {
    const outcome = await measure(site, fault, traffic);
    met.push(cells(fault, outcome));
    process.stdout.write(`${cells(fault, outcome).join(" | ")}\n`);
    // measure() has held the row to what it promises; this is what holds for all of them.
    expect(outcome.lost).toBe(0);
    if (fault.fails === "none") expect(outcome.failed).toBe(0);
  },
  480_000,
);
