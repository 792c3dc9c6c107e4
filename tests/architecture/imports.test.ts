/** Limit: reads import lines as text; it cannot see what a value passed as an argument drags along. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { imports, ownImports, sources } from "../../cli/architecture/imports";
import { kinds } from "../../infra/services/registry";

const root = resolve(__dirname, "../..");
const infra = join(root, "infra");

/**
 * The stages in the order in which data passes them; a stage imports itself and those before it. What a key may hold stands before the
 * kinds of services, whose keys are a part of the key table.
 */
const stages = ["config/schema", "services", "config", "plan", "host", "release", "targets"];

/** Where a file or folder below infra/ stands among them; -1 for what is no part of any. */
const stageOf = (path: string): number => {
  const among = stages.filter((stage) => `${path}/`.startsWith(`${stage}/`));
  return stages.indexOf(among.sort((a, b) => b.length - a.length)[0] ?? "");
};

const files = sources(infra).map((path) => relative(infra, path));

test.each(files)("infra/%s imports only what comes before it", (file) => {
  const stage = stageOf(file);
  if (stage === -1) return expect(["index.ts", "outputs.ts"]).toContain(file);
  const later = ownImports(join(infra, file), infra).filter((other) => stageOf(other) > stage);
  expect(later).toEqual([]);
});

test("no file imports itself, by whatever way", () => {
  const modules = new Map(
    files.map((file) => [
      file,
      ownImports(join(infra, file), infra).flatMap((path) =>
        [`${path}.ts`, join(path, "index.ts")].filter((one) => files.includes(one)).slice(0, 1),
      ),
    ]),
  );
  const circle = (file: string, path: readonly string[]): readonly string[] | undefined =>
    path.includes(file) ? [...path.slice(path.indexOf(file)), file] : done.has(file) ? undefined : walk(file, path);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]) => {
    const found = (modules.get(file) ?? []).map((next) => circle(next, [...path, file])).find((one) => one !== undefined);
    done.add(file);
    return found;
  };
  expect(modules.get("services/index.ts")).toEqual(["services/registry.ts"]);
  expect(files.map((file) => circle(file, [])).find((one) => one !== undefined)).toBeUndefined();
});

test("nobody asks a service for its kind: what differs between kinds is a property of each, in its folder", () => {
  const names = Object.keys(kinds).join("|");
  const kind = new RegExp(`\\bkind\\s*[!=]==\\s*"(?:${names})"|case "(?:${names})"`);
  // What looks at an application of Python knows the two interfaces that one may have.
  const all = ["infra", "cli", "policy"]
    .flatMap((folder) => sources(join(root, folder)))
    .map((path) => relative(root, path))
    .filter((path) => !/^cli\/new\//.test(path));
  expect(all.filter((path) => kind.test(readFileSync(join(root, path), "utf8")))).toEqual([]);
  expect(['kind !== "command"', 'service.kind === "wsgi"', 'case "asgi":'].map((text) => kind.test(text))).toEqual([true, true, true]);
});

test("only the loader, the targets, the outputs and the program itself import Pulumi", () => {
  const importers = files.filter((file) => imports(join(infra, file)).some((module) => module.startsWith("@pulumi/")));
  const allowed = importers.filter(
    (file) => file === "config/load.ts" || file === "outputs.ts" || file === "index.ts" || file.startsWith("targets/"),
  );
  expect(importers).toEqual(allowed);
  expect(importers).toContain("config/load.ts");
});

test("no verb loads Pulumi's SDK, which takes longer than all that most of them do", () => {
  const verbs = sources(join(root, "cli")).filter((path) => /\bmain\(async/.test(readFileSync(path, "utf8")));
  // What a verb asks of the target of a stack before there is an engine.
  const checks = ["local", "digitalocean", "aws"].map((target) => join(infra, "targets", target, "check.ts"));
  const reached = new Set([...verbs, ...checks]);
  // A set that grows while it is walked is walked to its new end.
  for (const file of reached)
    for (const path of ownImports(file, root))
      for (const next of [`${path}.ts`, join(path, "index.ts")].map((one) => join(root, one)).filter((one) => existsSync(one)))
        reached.add(next);
  expect(verbs.map((path) => relative(root, path))).toEqual(expect.arrayContaining(["cli/up.ts", "cli/preview.ts", "cli/secret.ts"]));
  expect([...reached].filter((file) => imports(file).some((module) => module.startsWith("@pulumi/")))).toEqual([]);
});

test("the program is a table of contents: no if on a target, under 40 lines", () => {
  const text = readFileSync(join(infra, "index.ts"), "utf8");
  expect(text.split("\n").length).toBeLessThan(40);
});

test("the word aws stands in its target's folder, in the tables of the description and of prices, in a path of Amazon's own package, and in the one switch that loads the target", () => {
  const tables = [
    "config/keys.ts",
    "config/spec.ts",
    "config/targets.ts",
    "config/unused.ts",
    "config/catalog/aws.ts",
    "config/catalog/awsPrices.ts",
    "config/catalog/index.ts",
    "config/catalog/secretForms.ts",
    "plan/cost/index.ts",
    "plan/cost/lines.ts",
    "plan/budget.ts",
    "host/features/agents.ts",
  ];
  const lines = (file: string) =>
    readFileSync(join(infra, file), "utf8")
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/^\s*\/\/.*$/gm, "");
  const named = files.filter((file) => /\baws\b/i.test(lines(file)) && !file.startsWith("targets/aws/") && !tables.includes(file));
  expect(named).toEqual(["targets/index.ts"]);
});

test("no table has the name of a module: Pulumi's Node would take ./name for name.json, where jest and tsx take name.ts", () => {
  const all = readdirSync(infra, { recursive: true }).map(String);
  expect(all.filter((file) => file.endsWith(".json") && all.includes(file.replace(/json$/, "ts")))).toEqual([]);
  expect(all.some((file) => file.endsWith(".json"))).toBe(true);
});
