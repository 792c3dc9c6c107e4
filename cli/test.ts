/** npm test [-- --no-machines]: every level of test, and one line at the end that counts them all. */
import { iam } from "../tools/iam";
import { images, mysqlImages } from "../tools/images";
import { k6 } from "../tools/k6";
import { linters } from "../tools/linters";
import { moto } from "../tools/moto";
import { pebble } from "../tools/pebble";
import { postgres } from "../tools/postgres";
import { probes, signatures } from "../tools/probes";
import { scanners } from "../tools/scanners";
import { workflows } from "../tools/workflows";
import { setUp } from "../tools/setup";
import { seconds } from "../tools/setup/step";
import { suites, type Count } from "./suites";
import { main, table, UsageError } from "./terminal";

main(async () => {
  const words = process.argv.slice(2);
  const unknown = words.find((word) => word !== "--no-machines");
  if (unknown !== undefined) throw new UsageError(`npm test knows no ${unknown}; it knows --no-machines`);
  const machines = !words.includes("--no-machines");

  await setUp([iam, linters, moto, postgres, signatures, ...(machines ? [k6, pebble, scanners, probes, workflows, images, mysqlImages] : [])]);
  const rows: (readonly [string, string])[] = [];
  const total = { passed: 0, failed: 0 };
  for (const suite of suites(["pure", "mocks", "goldens", "clouds", ...(machines ? ["machines", "loads"] : [])])) {
    console.log(`\n== ${suite.name}`);
    const started = Date.now();
    const { passed, failed } = await suite.run().catch((error: unknown): Count => {
      console.error(error instanceof Error ? error.message : error);
      return { passed: 0, failed: 1 };
    });
    total.passed += passed;
    total.failed += failed;
    rows.push([suite.name, `${passed} passed, ${failed} failed, ${seconds(Date.now() - started)}`]);
  }
  if (!machines) rows.push(["machines (jest)", "skipped: --no-machines"]);
  console.log(`\n${table(rows)}\n\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});
