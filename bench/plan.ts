import { context, raw } from "../tests/config/baseline";
import { parseSpec } from "../infra/config/parse";
import { packBundle } from "../infra/host/bundle";
import { renderHosts } from "../infra/host";
import { planStack } from "../infra/plan";
import { median, type Table } from "./table";

const runs = 21;

/** Description to bundle, without the engine, for one service and for a hundred. */
export function benchPlan(): Promise<readonly Table[]> {
  const rows = [1, 100].map((count) => {
    const times = Array.from({ length: runs }, () => measure(count));
    const stage = (pick: (time: StageTimes) => number) => `${median(times.map(pick)).toFixed(2)} ms`;
    return [String(count), stage((t) => t.parse), stage((t) => t.plan), stage((t) => t.render), stage((t) => t.pack), `${(times[0]?.bytes ?? 0) >> 10} KiB`];
  });
  return Promise.resolve([
    {
      title: "From description to bundle, without the engine",
      columns: ["services", "parse and check", "plan", "render", "pack", "bundle"],
      rows,
      note: `Medians of ${runs} runs in one process.`,
    },
  ]);
}

interface StageTimes {
  readonly parse: number;
  readonly plan: number;
  readonly render: number;
  readonly pack: number;
  readonly bytes: number;
}

function measure(count: number): StageTimes {
  const services = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `web${index}`,
      { kind: "wsgi", module: "app.wsgi:application", workers: 1, threads: 1, path: index === 0 ? "/" : `/s${index}/`, memoryMiB: 64 },
    ]),
  );
  const description = raw({ services, host: { memoryMiB: 65536, cpus: 32 }, database: { kind: "none" } });
  const start = performance.now();
  const spec = parseSpec(description, context());
  const parsed = performance.now();
  const plan = planStack(spec);
  const planned = performance.now();
  const files = renderHosts(plan, "0123456789abcdef");
  const rendered = performance.now();
  const bytes = [...files.values()].reduce((sum, manifest) => sum + packBundle(manifest).text.length, 0);
  const packed = performance.now();
  return { parse: parsed - start, plan: planned - parsed, render: rendered - planned, pack: packed - rendered, bytes };
}
