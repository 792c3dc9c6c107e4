import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { project } from "../../tools/setup/folders";
import { capture } from "../../tools/setup/process";
import type { Suite } from "./suite";

/** Which files a file imports, or reads at run time; all relative to the project. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** What is read or started, which no import line shows: files, and folders with a slash at their end. */
export const reads: Readonly<Record<string, readonly string[]>> = {
  "infra/host/render.ts": ["cloud-init/", "infra/services/"],
  "infra/host/features/hostctl.ts": ["hostctl/"],
  "infra/host/bundle.ts": ["hostctl/standalone/receive.py"],
  "tests/host/contract.test.ts": ["infra/host/manifest.ts", "infra/host/runtimeInputs.ts", "infra/host/settings.ts"],
  "tests/host/shape.ts": ["hostctl/contract.schema.json"],
  "tests/goldens/golden.ts": ["tests/goldens/"],
  "tests/clouds/replay.ts": ["tests/clouds/"],
  "tests/providers/nspawn/plugin.ts": ["providers/nspawn/"],
  "tests/machines/stack.ts": [
    "infra/index.ts",
    "infra/release/build.ts",
    "infra/release/deliver.ts",
    "infra/release/gate.ts",
    "infra/release/handover.ts",
    "providers/nspawn/",
    "tools/command-plugin/",
    "examples/",
    "Pulumi.local.yaml",
  ],
  "tests/machines/cloud.ts": ["tests/cloud/", "Pulumi.prod.yaml", "Pulumi.aws.yaml"],
  "tests/machines/new.test.ts": ["cli/new.ts", "cli/up.ts"],
  "tests/machines/runbook.test.ts": ["cli/"],
  "tests/machines/workflows.test.ts": [
    "cli/",
    "infra/",
    "tools/run",
    "tools/setup/",
    "examples/ocpizza/",
    "Pulumi.prod.yaml",
    ".github/workflows/",
    ".gitlab-ci.yml",
    "docs/operations.md",
    "tests/cloud/",
    "tests/machines/actions/",
    "tests/machines/runner.sh",
  ],
  "tests/release/build.test.ts": ["infra/release/build.ts", "infra/release/deliver.ts"],
};

/** Files that differ from a revision, and those that git does not know yet. */
export async function changedFiles(revision: string): Promise<string[]> {
  const lines = (words: readonly string[]) =>
    capture("git", words, { cwd: project }).then((text) => text.split("\n").filter((line) => line !== ""));
  return [...(await lines(["diff", "--name-only", revision])), ...(await lines(["ls-files", "--others", "--exclude-standard"]))];
}

/** The graph of these tests, as a bundler resolves it. */
export async function importGraph(tests: readonly string[]): Promise<Graph> {
  const started = Object.values(reads)
    .flat()
    .filter((path) => path.endsWith(".ts"));
  const { metafile } = await build({
    entryPoints: [...new Set([...tests, ...started])],
    absWorkingDir: project,
    bundle: true,
    write: false,
    metafile: true,
    outdir: "graph",
    packages: "external",
    platform: "node",
    logLevel: "silent",
  });
  return withReads(
    new Map(
      Object.entries(metafile.inputs).map(([file, { imports }]) => [
        file,
        imports.filter(({ external }) => !external).map(({ path }) => path),
      ]),
    ),
  );
}

function withReads(imports: Graph): Graph {
  const graph = new Map(imports);
  for (const [file, paths] of Object.entries(reads)) {
    graph.set(file, [...(graph.get(file) ?? []), ...paths.flatMap((path) => (path.endsWith("/") ? filesBelow(path) : [path]))]);
  }
  return graph;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => !path.includes("__pycache__") && statSync(join(project, path)).isFile());
}

/** Everything that a file reaches, itself included. */
export function reached(graph: Graph, from: string): Set<string> {
  const found = new Set([from]);
  // A set that grows while it is walked is walked to its new end.
  for (const file of found) for (const next of graph.get(file) ?? []) found.add(next);
  return found;
}

const isText = (file: string) => file.endsWith(".md") || file.startsWith("docs/");

/**
 * The files of a suite that a change may break. A file that nobody imports or is known to read, such as package.json, may break everything;
 * documents are read by the tests of the level pure alone.
 */
export function touched(suite: Suite, changed: readonly string[], graph: Graph): readonly string[] | "whole" {
  if (suite.name.startsWith("examples/") || suite.name === "hostctl")
    return changed.some((file) => file.startsWith(`${suite.name}/`)) ? "whole" : [];
  if (suite.files.length === 0) return changed.some((file) => /\.(m?ts|json)$/.test(file)) ? "whole" : [];
  const known = new Set([...graph.keys(), ...[...graph.values()].flat()]);
  const strangers = changed.filter((file) => !known.has(file));
  if (strangers.some((file) => !isText(file)) || (suite.name === "pure" && strangers.length > 0)) return "whole";
  return suite.files.filter((test) => {
    const reach = reached(graph, test);
    return changed.some((file) => reach.has(file));
  });
}
