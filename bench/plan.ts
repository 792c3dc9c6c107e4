import { context, raw } from "../tests/config/baseline";
import { parseSpec } from "../infra/config/parse";
import { packBundle } from "../infra/host/bundle";
import { renderHosts } from "../infra/host";
import { planStack } from "../infra/plan";
import { planGroups } from "../infra/plan/groups";
import { median, type Table } from "./table";

const runs = 21;

/**
 * Description to bundle, without the engine: for one service and for a hundred on one host, and for one host that serves and for a hundred.
 */
export function benchPlan(): Promise<readonly Table[]> {
  return Promise.resolve([
    {
      title: "From description to bundle, without the engine",
      columns: ["services", "parse and check", "plan", "render", "pack", "bundle"],
      rows: [1, 100].map((services) => row(services, { services, hosts: 1 })),
      note: `Medians of ${runs} runs in one process.`,
    },
    {
      title: "The same for one host that serves and for a hundred",
      columns: ["hosts", "parse and check", "plan", "render", "pack", "bundles"],
      rows: [1, 100].map((hosts) => row(hosts, { services: 1, hosts })),
      note: `Medians of ${runs} runs in one process; a machine for the backups and one for the database beside them.`,
    },
  ]);
}

interface Load {
  readonly services: number;
  readonly hosts: number;
}

interface StageTimes {
  readonly parse: number;
  readonly plan: number;
  readonly render: number;
  readonly pack: number;
  readonly bytes: number;
}

function row(count: number, load: Load): readonly string[] {
  const times = Array.from({ length: runs }, () => measure(load));
  const stage = (pick: (time: StageTimes) => number) => `${median(times.map(pick)).toFixed(2)} ms`;
  return [
    String(count),
    stage((t) => t.parse),
    stage((t) => t.plan),
    stage((t) => t.render),
    stage((t) => t.pack),
    `${(times[0]?.bytes ?? 0) >> 10} KiB`,
  ];
}

function measure({ services: count, hosts }: Load): StageTimes {
  const services = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `web${index}`,
      { kind: "wsgi", module: "app.wsgi:application", workers: 1, threads: 1, path: index === 0 ? "/" : `/s${index}/`, memoryMiB: 64 },
    ]),
  );
  const description = raw({ services, host: { memoryMiB: 65536, cpus: 32 }, ...(count > 1 ? { database: { kind: "none" } } : {}) });
  const start = performance.now();
  const spec = parseSpec(description, context());
  const parsed = performance.now();
  const plan = planStack(
    spec,
    planGroups(spec).map((group) => (group.role === "web" ? { ...group, size: hosts } : group)),
  );
  const planned = performance.now();
  const files = renderHosts(plan, "0123456789abcdef");
  const rendered = performance.now();
  const bytes = [...files.values()].reduce((sum, manifest) => sum + packBundle(manifest).text.length, 0);
  const packed = performance.now();
  return { parse: parsed - start, plan: planned - parsed, render: rendered - planned, pack: packed - rendered, bytes };
}
