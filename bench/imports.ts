import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { median, type Table } from "./table";

const runs = 3;

/** What each program does; all of them are read as Pulumi reads them, by tools/pulumi/program.cjs. */
const programs = {
  "empty program": 'require("@pulumi/pulumi")',
  "loads the local target": 'require("./infra/targets/local")',
  "loads the digitalocean target": 'require("./infra/targets/digitalocean")',
  "loads the aws target": 'require("./infra/targets/aws")',
  "`import * as aws`, one class used": 'require("@pulumi/aws").ec2.Instance',
  "OC Pizza on aws, whole graph": 'whole = require("./tests/targets/aws").graphOf(require("./tests/goldens/stacks").exampleSpec("aws"))',
  "the same after `import * as aws`":
    'require("@pulumi/aws").ec2.Instance; whole = ' +
    'require("./tests/targets/aws").graphOf(require("./tests/goldens/stacks").exampleSpec("aws"))',
} as const;

interface Cost {
  readonly modules: number;
  readonly cpu: number;
  readonly memory: number;
}

/**
 * What the SDK of a cloud costs a preview before any plugin is asked: modules loaded, CPU and memory of the program's own process. The
 * engine's and the plugin's share is the same whichever way the program imports.
 */
export function benchImports(): Promise<readonly Table[]> {
  const names = Object.keys(programs) as (keyof typeof programs)[];
  // In turns, so that what else the box does falls on all of them alike.
  const costs = new Map(names.map((name) => [name, [] as Cost[]]));
  for (let run = 0; run < runs; run += 1) for (const name of names) costs.get(name)?.push(measure(programs[name]));
  const empty = middle(costs.get("empty program") ?? []);
  const rows = names.map((name) => {
    const { modules, cpu, memory } = middle(costs.get(name) ?? []);
    return [
      name,
      String(modules),
      `${cpu.toFixed(0)} ms`,
      (cpu / empty.cpu).toFixed(2),
      `${memory.toFixed(0)} MiB`,
      (memory / empty.memory).toFixed(2),
    ];
  });
  return Promise.resolve([
    {
      title: "What a cloud's SDK costs a program",
      columns: ["program", "modules", "CPU", "ratio", "memory", "ratio"],
      rows,
      note: `Medians of ${runs} processes each. The graph is built against mocks: no plugin, no engine.`,
    },
  ]);
}

const middle = (costs: readonly Cost[]): Cost => ({
  modules: median(costs.map((c) => c.modules)),
  cpu: median(costs.map((c) => c.cpu)),
  memory: median(costs.map((c) => c.memory)),
});

function measure(program: string): Cost {
  const tell = `const { user, system } = process.cpuUsage();
    const memory = process.resourceUsage().maxRSS / 1024;
    console.log(JSON.stringify({ modules: Object.keys(require.cache).length, cpu: (user + system) / 1000, memory }));`;
  const text =
    `let whole; ${program}; Promise.resolve(whole).then(() => { ${tell} process.exit(0); }, (error) => { console.error(error); ` +
    "process.exit(1); });";
  const words = ["--require", "./tools/pulumi/program.cjs", "--eval", text];
  const said = execFileSync(process.execPath, words, { cwd: join(__dirname, ".."), encoding: "utf8" });
  return JSON.parse(said.trim().split("\n").at(-1) ?? "") as Cost;
}
