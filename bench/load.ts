import { createHash } from "node:crypto";
import type { Manifest } from "../infra/host/manifest";
import { load, type Load } from "../tests/machines/load";
import { TestStack } from "../tests/machines/stack";
import type { Table } from "./table";

/** 12,000 a minute. */
const rate = 200;
const duration = 30;

/** One core and 1 GiB, and what fits in: the sizes that webstack itself would choose, and jobs that leave room. */
const small = {
  host: { memoryMiB: 1024, cpus: 1 },
  services: { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 2, threads: 16 } },
  jobs: Object.fromEntries(
    ["001", "002", "003"].map((city) => [
      `update-city-${city}`,
      { run: `python manage.py updatedata city_${city}`, schedule: "daily", memoryMiB: 64 },
    ]),
  ),
  env: { ENABLE_BENCH: "1" },
};

/**
 * A view that waits 50 ms for something else, as a page waits for its database, on a machine held to one core and 1 GiB: our layout,
 * then system A's (three sync workers on one socket with gunicorn's own backlog), then ours again.
 */
export async function benchLoad(): Promise<readonly Table[]> {
  const stack = new TestStack("load", "10.84.3.0/24", undefined, { rsaHostKey: true });
  try {
    await stack.init(small);
    await stack.mustUp();
    const url = `${(await stack.outputs()).siteUrl}slow`;
    const ours = JSON.parse(await stack.remote("sudo cat /var/lib/webstack/manifest.json")) as Manifest;
    await load(url, 20, 5, "", 5);
    const first = await load(url, rate, duration, "", 5);
    await apply(stack, layoutA(ours));
    const seed = await load(url, rate, duration, "", 5);
    await apply(stack, ours);
    const again = await load(url, rate, duration, "", 5);
    const row = (name: string, { requests, failed, dropped, p50, p99, max }: Load) => [
      name,
      String(requests - failed),
      String(failed + dropped),
      `${p50.toFixed(0)} ms`,
      `${p99.toFixed(0)} ms`,
      `${max.toFixed(0)} ms`,
    ];
    return [
      {
        title: "12,000 GET a minute of a 50 ms view, one core and 1 GiB",
        columns: ["layout", "answered", "failed or never sent", "p50", "p99", "longest"],
        rows: [row("webstack", first), row("system A: 3 sync workers, one socket", seed), row("webstack again", again)],
        note:
          `Constant arrival rate for ${duration} s each, 5 s of patience; the load generator runs on the same box. webstack answers ` +
          `${((first.requests - first.failed) / Math.max(1, seed.requests - seed.failed)).toFixed(1)} times as many.`,
      },
    ];
  } finally {
    await stack.down();
  }
}

async function apply(stack: TestStack, manifest: Manifest): Promise<void> {
  await stack.remote("cat > /tmp/layout.json && sudo hostctl apply /tmp/layout.json", { stdin: JSON.stringify(manifest) });
}

/** The same site as its old deployment file had it. */
function layoutA(manifest: Manifest): Manifest {
  const files = manifest.files.map((entry) => {
    const content = entry.path.endsWith("/web@.service")
      ? entry.content.replace(/--preload --worker-class gthread --workers \d+ --threads \d+/, "--worker-class sync --workers 3")
      : entry.path.endsWith("/web@.socket")
        ? entry.content.replace("Backlog=512", "Backlog=2048")
        : entry.content;
    return { ...entry, content, sha256: createHash("sha256").update(content).digest("hex") };
  });
  return { ...manifest, files };
}
