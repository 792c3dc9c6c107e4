/**
 * npm run faults [-- WORD...]: everything that `npm test` leaves to the night (tests/machines/rows.ts), first of all a site on machines of
 * this box that is broken in every way that is known. Writes docs/faults.md when no row of it failed; words choose the faults whose names
 * hold one of them.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { document } from "../tests/machines/faults/document";
import { nightly, nightSuites, onDebianBefore, tables } from "../tests/machines/rows";
import { setUp } from "../tools/setup";
import { project } from "../tools/setup/folders";
import { jest } from "./test/jest";
import { needs } from "./test/needs";
import { sum, type Count } from "./test/suite";
import { main } from "./terminal";

main(async () => {
  const words = process.argv.slice(2);
  await setUp(needs(true));
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  const table = join(folder, "rows.json");
  const counts: Count[] = [];
  try {
    for (const name of words.length > 0 ? ["faults"] : new Set(Object.keys({ ...tables, ...nightly, ...nightSuites }))) {
      console.log(`-- ${name}`);
      const pattern = words.map((word) => word.replace(/[^\w ]/g, "\\$&")).join("|");
      const result = await jest("machines", [`tests/machines/${name}.test.ts`], {
        env: { WEBSTACK_ROWS: "all", WEBSTACK_FAULT_TABLE: table },
        pattern,
        print: (text) => process.stdout.write(text),
      });
      counts.push(result);
      if (name === "faults" && words.length === 0 && result.failed === 0 && existsSync(table)) {
        const box = `${cpus().length} shared cores, ${Math.round(totalmem() / 1024 ** 3)} GiB`;
        writeFileSync(
          join(project, "docs/faults.md"),
          document(JSON.parse(readFileSync(table, "utf8")) as string[][], new Date().toISOString().slice(0, 10), box),
        );
      }
    }
    for (const name of words.length > 0 ? [] : Object.keys(onDebianBefore)) {
      console.log(`-- ${name}, on the Debian before`);
      const env = { WEBSTACK_DEBIAN: "before" };
      counts.push(await jest("machines", [`tests/machines/${name}.test.ts`], { env, print: (text) => process.stdout.write(text) }));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { passed, failed } = sum(counts);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
