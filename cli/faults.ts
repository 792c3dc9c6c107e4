/**
 * npm run faults [-- WORD...]: breaks a site on machines of this box in every way it knows, under constant load, and prints what
 * each fault cost. Writes docs/faults.md when it ran them all; words choose the rows whose names hold one of them.
 */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { faults } from "../tests/machines/faults";
import { cells, columns, document } from "../tests/machines/faults/document";
import { measure } from "../tests/machines/faults/measure";
import { FaultSite } from "../tests/machines/faults/site";
import { Traffic } from "../tests/machines/faults/traffic";
import { images } from "../tools/images";
import { k6 } from "../tools/k6";
import { pebble } from "../tools/pebble";
import { setUp } from "../tools/setup";
import { project } from "../tools/setup/folders";
import { main, UsageError } from "./terminal";

main(async () => {
  const words = process.argv.slice(2);
  const chosen = faults.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  if (chosen.length === 0) throw new UsageError(`npm run faults knows none of that name; it knows ${faults.map(({ name }) => name).join(", ")}`);
  await setUp([k6, pebble, images]);
  const site = new FaultSite("faults", "10.84.17", 14040);
  let traffic: Traffic | undefined;
  const rows: (readonly string[])[] = [];
  let failed = 0;
  try {
    await site.up();
    traffic = new Traffic(`${site.url}products`, 60, site.address);
    await traffic.running();
    console.log(columns.join(" | "));
    for (const fault of chosen) {
      const row = await measure(site, fault, traffic).then(
        (outcome) => cells(fault, outcome),
        (error: unknown) => {
          failed += 1;
          return [fault.name, fault.how, "", "", "", "", `NOT AS IT MUST BE: ${error instanceof Error ? error.message : String(error)}`.replace(/\s+/g, " ")];
        },
      );
      rows.push(row);
      console.log(row.join(" | "));
    }
  } finally {
    traffic?.stop();
    await site.down();
  }
  if (words.length > 0) return failed === 0 ? 0 : 1;
  const box = `${cpus().length} shared cores, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
  writeFileSync(join(project, "docs", "faults.md"), document(rows, new Date().toISOString().slice(0, 10), box));
  return failed === 0 ? 0 : 1;
});
