import { readFileSync } from "node:fs";
import { type DebianName, debianNames, debians, debianTitle } from "../infra/config/catalog/debian";
import { processes } from "../providers/nspawn/cgroup";
import { start, stop } from "../providers/nspawn/running";
import { storedMachine } from "../providers/nspawn/store";
import { awaitOk } from "../tests/machines/http";
import { load, type Load } from "../tests/machines/load";
import { addRelease, moveReleases } from "../tests/machines/moves";
import { TestStack } from "../tests/machines/stack";
import { images } from "../tools/images";
import { setUp } from "../tools/setup";
import { seconds, timed, type Table } from "./table";

/** 12,000 a minute. */
const rate = 200;
const duration = 30;

/** The same site on each Debian that hosts may have, one after the other: how soon it is there, what it answers, what it needs. */
export async function benchDebians(): Promise<readonly Table[]> {
  await setUp(debianNames.map(images));
  const figures: (readonly (readonly [what: string, figure: string])[])[] = [];
  for (const debian of debianNames) figures.push(await measured(debian));
  return [
    {
      title: "The same site on each Debian",
      columns: ["what", ...debianNames.map(debianTitle)],
      rows: (figures[0] ?? []).map(([what], row) => [what, ...figures.map((column) => column[row]?.[1] ?? "")]),
      note:
        `OC Pizza on local machines, web and database of the same Debian, the base images cached. GET a page of the database, ${rate} a ` +
        `second for ${duration} s each; the load generator runs on the same cores. Memory is what the processes of the web machine have ` +
        "for themselves and their share of what they share (PSS), after all that.",
    },
  ];
}

async function measured(debian: DebianName): Promise<readonly (readonly [what: string, figure: string])[]> {
  const stack = new TestStack("debians", "10.84.7.0/24", undefined, { rsaHostKey: true });
  const machine = `webstack-${stack.name}-web-0`;
  try {
    await stack.init({ host: { image: debian }, database: { engine: "postgres", version: debians[debian].postgres } });
    const up = await timed(() => stack.mustUp());
    const site = (await stack.outputs()).siteUrl;
    const first = up + (await awaitOk(site, 30));
    const stored = storedMachine(machine);
    if (stored === undefined) throw new Error(`${machine} has no folder`);
    await stop(machine);
    start(stored);
    const boot = await awaitOk(site, 60);
    const still = await load(`${site}products`, rate, duration);
    const pair = await addRelease(stack);
    const [moving] = await Promise.all([load(`${site}products`, rate, duration), moveReleases(stack, pair, 4)]);
    const answered = ({ requests, failed, dropped, p50, p99, max }: Load) =>
      `${requests - failed}, ${failed + dropped} failed; p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)}, longest ${max.toFixed(0)} ms`;
    return [
      ["`up` from nothing to the first 200", seconds(first)],
      ["web machine switched on to its first 200", seconds(boot)],
      ["12,000 GET a minute", answered(still)],
      ["the same, under four releases and rollbacks", answered(moving)],
      ["memory of the web machine", `${(memoryKiB(machine) / 1024).toFixed(0)} MiB`],
    ];
  } finally {
    await stack.down();
  }
}

/** A shared page counts for each process by its share. https://docs.kernel.org/filesystems/proc.html */
function memoryKiB(machine: string): number {
  const share = (id: number): number => {
    try {
      return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))?.[1]);
    } catch {
      return 0; // It ended between being listed and being read.
    }
  };
  return processes(machine).reduce((sum, id) => sum + share(id), 0);
}
