/**
 * The program's half of hostctl/contract.schema.json: what it sends is of that shape, and its types take and refuse what the schema does.
 * Limit: patterns are the schema's alone, a type knows no such thing. hostctl/tests/manifest/test_contract.py has the half of the reader.
 */
import { join } from "node:path";
import ts from "typescript";
import { goldenManifests } from "../goldens/stacks";
import { faultsOf, type Json, shapes } from "./shape";

const root = join(__dirname, "../..");

test("every golden host's manifest is of that shape, and so are its settings", () => {
  const manifests = [...goldenManifests().values()];
  expect(manifests.length).toBeGreaterThan(5);
  for (const manifest of manifests) {
    expect(faultsOf("manifest", manifest)).toBeNull();
    for (const { content } of manifest.files.filter(({ path }) => path === "/etc/webstack/settings.json"))
      expect(faultsOf("settings", JSON.parse(content))).toBeNull();
  }
  expect(manifests.some(({ files }) => files.some(({ path }) => path === "/etc/webstack/settings.json"))).toBe(true);
});

/** The ways to every key of every object in a document. */
function keysOf(document: Json, at: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (document === null || typeof document !== "object") return [];
  if (Array.isArray(document)) return (document as readonly Json[]).flatMap((value, index) => keysOf(value, [...at, index]));
  return Object.entries(document).flatMap(([name, value]) => [[...at, name], ...keysOf(value, [...at, name])]);
}

/** A copy of a document with another value at a place; undefined takes the key away. */
function changed(document: Json, at: readonly (string | number)[], value: Json | undefined): Json {
  const made = structuredClone(document) as Record<string | number, unknown>;
  let place = made;
  for (const part of at.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
  const last = at.at(-1) ?? "";
  if (value === undefined) Reflect.deleteProperty(place, last);
  else place[last] = value;
  return made as Json;
}

describe.each(["manifest", "settings"] as const)("the shape of the %s", (name) => {
  const { examples, "x-refused": refused } = shapes[name];
  const [full = null] = examples;
  const less = keysOf(full).map((at) => changed(full, at, undefined));
  const more = [changed(full, ["unknown"], 1), ...keysOf(full).map((at) => changed(full, [...at.slice(0, -1), "unknown"], 1))];

  test("takes its examples", () => {
    for (const example of examples) expect(faultsOf(name, example)).toBeNull();
  });

  test("refuses what it says, a key less and one that nobody knows", () => {
    expect(refused.filter(({ at, value }) => faultsOf(name, changed(full, at, value)) === null)).toEqual([]);
    expect([...less, ...more].filter((document) => faultsOf(name, document) === null)).toEqual([]);
    expect(less.length).toBeGreaterThan(20);
  });

  test("is that of the program's type, key by key", () => {
    const type = name === "manifest" ? "Manifest" : "Settings";
    const lines = [
      `import type { ${type} } from "./${name}";`,
      ...[...examples, ...less, ...more].map((document, index) => `export const v${index}: ${type} = ${JSON.stringify(document)};`),
    ];
    expect(linesWithFaults(join(root, "infra/host/contract.check.ts"), lines.join("\n"))).toEqual(
      [...less, ...more].map((_, index) => 1 + examples.length + index),
    );
  }, 180_000);

  test("has no key that no example shows", () => {
    const shown = new Set(keysOf(full).map((at) => at.at(-1)));
    expect(propertiesOf(shapes[name]).filter((key) => !shown.has(key))).toEqual([]);
  });
});

describe.each(["runtimeInputs", "repository"] as const)("the shape of the %s, which comes over standard input,", (name) => {
  const { examples, "x-refused": refused } = shapes[name];
  const [full = null] = examples;

  test("takes its examples, and refuses what it says", () => {
    for (const example of examples) expect(faultsOf(name, example)).toBeNull();
    expect(refused.filter(({ at, value }) => faultsOf(name, changed(full, at, value)) === null)).toEqual([]);
  });
});

test("runtime inputs are of the program's type, but for what a pattern says", () => {
  const { examples, "x-refused": refused } = shapes.runtimeInputs;
  const named = refused.filter(({ at: [, name] }) => name !== "A=B" && name !== "etc/ca.pem");
  const wrong = named.map(({ at, value }) => changed(examples[0] ?? null, at, value));
  const lines = [
    'import type { RuntimeInputs } from "./runtimeInputs";',
    ...[...examples, ...wrong].map((document, index) => `export const v${index}: RuntimeInputs = ${JSON.stringify(document)};`),
  ];
  expect(linesWithFaults(join(root, "infra/host/contract.check.ts"), lines.join("\n"))).toEqual(
    wrong.map((_, index) => 1 + examples.length + index),
  );
  expect(wrong.length).toBeGreaterThan(8);
}, 180_000);

/** Names of the properties in a schema, and in those that it refers to. */
function propertiesOf(shape: unknown): readonly string[] {
  if (shape === null || typeof shape !== "object") return [];
  return Object.entries(shape).flatMap(([key, value]: [string, unknown]) => {
    if (key === "examples" || key === "x-refused") return [];
    if (key === "$ref") return propertiesOf((shapes as Readonly<Record<string, unknown>>)[String(value).replace("#/$defs/", "")]);
    return [...(key === "properties" ? Object.keys(value as object) : []), ...propertiesOf(value)];
  });
}

/** The numbers, from 0, of the lines of a file that is nowhere in which the compiler finds a fault. */
function linesWithFaults(path: string, content: string): readonly number[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...more) =>
    name === path ? ts.createSourceFile(name, content, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...more);
  host.fileExists = (name) => name === path || fileExists.call(host, name);
  const program = ts.createProgram([path], options, host);
  const source = program.getSourceFile(path);
  const faults = program.getSemanticDiagnostics(source).map(({ start = 0 }) => source?.getLineAndCharacterOfPosition(start).line ?? -1);
  return [...new Set(faults)].sort((a, b) => a - b);
}
