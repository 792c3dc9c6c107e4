import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { awaitOk } from "../tests/machines/http";
import { processes } from "../providers/nspawn/cgroup";
import { engine, setUp } from "../tools/setup";
import { packages } from "../tools/setup/packages";
import { pulumiProgram, run, TestStack } from "../tests/machines/stack";
import { median, seconds, timed, type Table } from "./table";

const runs = 3;

/** The engine's verbs on OC Pizza's rehearsal, beside a TypeScript program that declares nothing. */
export async function benchEngine(): Promise<readonly Table[]> {
  const empty = emptyProgram();
  const stack = new TestStack("bench", "10.84.2.0/24", undefined, { rsaHostKey: true });
  try {
    await empty.pulumi(["stack", "init", "empty"]);
    await stack.init();
    const first = await timed(() => stack.mustUp());
    const answered = await awaitOk((await stack.outputs()).siteUrl, 30);
    const stages = (await stack.remote("sudo cat /var/log/webstack/deploy_logs.jsonl"))
      .split("\n")
      .map((line) => JSON.parse(line) as { step: string; event: string; ms: number });
    const emptyFirst = await timed(() => empty.pulumi(["up", "--yes", "--skip-preview", "--skip-plugin-pre-install"]));

    const verbs: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      ["`up` without changes", () => stack.mustUp(), () => empty.pulumi(["up", "--yes", "--skip-preview", "--skip-plugin-pre-install"])],
      ["`preview`", () => stack.preview(), () => empty.pulumi(["preview", "--skip-plugin-pre-install"])],
    ];
    const rows = [
      ["`up` from nothing to the first 200", seconds(first + answered), seconds(emptyFirst), ratio(first + answered, emptyFirst)],
    ];
    for (const [name, ours, theirs] of verbs) {
      const pairs: [number, number][] = [];
      for (let index = 0; index < runs; index++) pairs.push([await timed(ours), await timed(theirs)]);
      const own = median(pairs.map(([time]) => time));
      const other = median(pairs.map(([, time]) => time));
      rows.push([name, seconds(own), seconds(other), ratio(own, other)]);
    }
    const again = await timed(() => setUp([packages, ...engine]));
    rows.push(["set-up, everything there", seconds(again), "", ""]);
    for (const pid of processes(`webstack-${stack.name}-web-0`)) process.kill(pid, "SIGKILL");
    const restarted = await timed(async () => {
      await stack.mustUp();
      await awaitOk((await stack.outputs()).siteUrl, 30);
    });
    rows.push(["web machine killed: `up` to the next 200", seconds(restarted), "", ""]);
    const memory = [await peakMemory(stack.folder, stack.previewCommand()), await peakMemory(empty.folder, empty.previewCommand)];
    rows.push(["memory of `preview`, largest process", `${memory[0]} MiB`, `${memory[1]} MiB`, ratio(memory[0] ?? NaN, memory[1] ?? NaN)]);

    return [
      {
        title: "The engine, OC Pizza on local machines",
        columns: ["what", "OC Pizza", "empty program", "ratio"],
        rows,
        note: `The base images and the release's archive are cached. Medians of ${runs} pairs; the first row is one run.`,
      },
      {
        title: "Where the first deployment spends its time on the web host",
        columns: ["step", "event", "time"],
        rows: stages.map(({ step, event, ms }) => [step, event, `${ms} ms`]),
        note: "From the machine's own deploy_logs.jsonl.",
      },
    ];
  } finally {
    await stack.down();
    rmSync(empty.folder, { recursive: true, force: true });
  }
}

const ratio = (own: number, other: number): string => `${(own / other).toFixed(2)}`;

/** A project with an empty TypeScript program, run the same way. */
function emptyProgram() {
  const folder = mkdtempSync(join(tmpdir(), "webstack-empty-"));
  mkdirSync(join(folder, "state"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: empty\nruntime: {name: nodejs, options: {tsconfig: tsconfig.json}}\n");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", main: "index.ts" }));
  writeFileSync(
    join(folder, "tsconfig.json"),
    readFileSync(resolve(__dirname, "../tsconfig.json"), "utf8").replace(/"include".*/, '"files": ["index.ts"]'),
  );
  writeFileSync(join(folder, "index.ts"), 'import "@pulumi/pulumi";\nexport {};\n');
  symlinkSync(resolve(__dirname, "../node_modules"), join(folder, "node_modules"));
  const env = {
    ...process.env,
    PATH: `${dirname(pulumiProgram())}${delimiter}${process.env.PATH ?? ""}`,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "empty",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
  const pulumi = (words: readonly string[]) => {
    const stack = words[0] === "stack" ? [] : ["--stack", "empty"];
    return run(pulumiProgram(), [...words, ...stack, "--non-interactive"], { cwd: folder, env });
  };
  const previewCommand = { env, words: ["preview", "--skip-plugin-pre-install", "--stack", "empty", "--non-interactive"] };
  return { folder, pulumi, previewCommand };
}

/** Largest resident size of one process of the command's tree, MiB, as GNU time's %M says. */
async function peakMemory(cwd: string, { env, words }: { env: NodeJS.ProcessEnv; words: readonly string[] }): Promise<number> {
  const script =
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); " +
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)";
  const { stdout } = await run("python3", ["-c", script, pulumiProgram(), ...words], { cwd, env });
  return Number(stdout.trim());
}
