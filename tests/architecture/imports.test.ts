/** Limit: reads import lines as text; it cannot see what a value passed as an argument drags along. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, dirname } from "node:path";

const root = resolve(__dirname, "../..");
const infra = join(root, "infra");

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : path.endsWith(".ts") ? [path] : [];
  });
}

/** Modules a file imports at run time; a type import leaves nothing behind. */
function imports(path: string): string[] {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/^(?:import|export)(?! type)[^;]*?from "([^"]+)"|require\("([^"]+)"\)/gm)].map((match) => match[1] ?? match[2] ?? "");
}

/** The stages in the order in which data passes them; a stage imports itself and those before it. */
const stages = ["config", "plan", "host", "release", "targets"];

const files = sources(infra).map((path) => relative(infra, path));

test.each(files)("infra/%s imports only what comes before it", (file) => {
  const stage = stages.indexOf(file.split("/")[0] ?? "");
  if (stage === -1) return expect(["index.ts", "outputs.ts"]).toContain(file);
  const later = imports(join(infra, file))
    .filter((module) => module.startsWith("."))
    .map((module) => relative(infra, resolve(dirname(join(infra, file)), module)).split("/")[0] ?? "")
    .filter((other) => stages.indexOf(other) > stage);
  expect(later).toEqual([]);
});

test("only the loader, the targets, the outputs and the program itself import Pulumi", () => {
  const importers = files.filter((file) => imports(join(infra, file)).some((module) => module.startsWith("@pulumi/")));
  const allowed = importers.filter((file) => file === "config/load.ts" || file === "outputs.ts" || file === "index.ts" || file.startsWith("targets/"));
  expect(importers).toEqual(allowed);
  expect(importers).toContain("config/load.ts");
});

test("the program is a table of contents: no if on a target, under 40 lines", () => {
  const text = readFileSync(join(infra, "index.ts"), "utf8");
  expect(text.split("\n").length).toBeLessThan(40);
});

test("the word aws stands in its target's folder, in the tables of the description and of prices, in a path of Amazon's own package, and in the one switch that loads the target", () => {
  const tables = ["config/keys.ts", "config/spec.ts", "config/targets.ts", "config/unused.ts", "config/catalog/aws.ts", "config/catalog/awsPrices.ts", "config/catalog/index.ts", "config/catalog/secretForms.ts", "plan/cost/index.ts", "plan/cost/lines.ts", "plan/budget.ts", "host/features/agents.ts"];
  const lines = (file: string) => readFileSync(join(infra, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const named = files.filter((file) => /\baws\b/i.test(lines(file)) && !file.startsWith("targets/aws/") && !tables.includes(file));
  expect(named).toEqual(["targets/index.ts"]);
});

test("no table has the name of a module: Pulumi's Node would take ./name for name.json, where jest and tsx take name.ts", () => {
  const all = readdirSync(infra, { recursive: true }).map(String);
  expect(all.filter((file) => file.endsWith(".json") && all.includes(file.replace(/json$/, "ts")))).toEqual([]);
  expect(all.some((file) => file.endsWith(".json"))).toBe(true);
});
