/**
 * Measures what the project promises about speed, each figure beside its yardstick in the same run:
 *   npm run bench                all parts; writes bench/results.md
 *   npm run bench -- plan        one part: plan, imports, engine, baseline, review, releases, load, http3 or debians
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { benchBaseline } from "./baseline";
import { benchDebians } from "./debians";
import { benchEngine } from "./engine";
import { benchHttp3 } from "./http3";
import { benchImports } from "./imports";
import { benchLoad } from "./load";
import { benchPlan } from "./plan";
import { benchReleases } from "./releases";
import { benchReview } from "./review";
import { table, type Table } from "./table";

const parts: Readonly<Record<string, () => Promise<readonly Table[]>>> = {
  plan: benchPlan,
  imports: benchImports,
  engine: benchEngine,
  baseline: benchBaseline,
  review: benchReview,
  releases: benchReleases,
  load: benchLoad,
  http3: benchHttp3,
  debians: benchDebians,
};

async function main(): Promise<void> {
  const [wanted] = process.argv.slice(2);
  if (wanted !== undefined && !Object.hasOwn(parts, wanted))
    throw new Error(`bench: must be one of ${Object.keys(parts).join(", ")}, got ${wanted}`);
  const sections: string[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (wanted !== undefined && wanted !== name) continue;
    for (const measured of await measure()) {
      const text = table(measured);
      process.stdout.write(`${text}\n`);
      sections.push(text);
    }
  }
  if (wanted !== undefined) return;
  const head =
    `# Measured\n\nBy \`npm run bench\` on ${cpus().length} shared cores, Node ${process.versions.node}, ` +
    `${new Date().toISOString().slice(0, 10)}. Read ratios within one run; single times vary.\n`;
  writeFileSync(join(__dirname, "results.md"), [head, ...sections].join("\n"));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
