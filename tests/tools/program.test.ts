import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { hostScript } from "../../tools/setup/pulumi";

const project = resolve(__dirname, "../..");
const hook = join(project, "tools/pulumi/program.cjs");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "webstack-program-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a program of one file, whose imports are the project's. */
function ran(source: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, "main.ts");
  writeFileSync(file, source);
  return spawnSync("node", ["--require", hook, file], { encoding: "utf8", env: { ...process.env, XDG_CACHE_HOME: folder, ...env } });
}

test("a program runs without its types, and is translated once for each content", () => {
  const kept = () => readdirSync(join(folder, "webstack/program"));
  expect(ran("const one: number = 1; console.log(one);").stdout).toBe("1\n");
  expect(kept()).toHaveLength(1);
  expect(ran("const one: number = 1; console.log(one);").stdout).toBe("1\n");
  expect(kept()).toHaveLength(1);
  expect(ran("const two: number = 2; console.log(two);").stdout).toBe("2\n");
  expect(kept()).toHaveLength(2);
});

test("whoever wants a stack has node look up its lines", () => {
  const source = "interface Away {\n  readonly one: 1;\n}\n\nthrow new Error('here');\n";
  expect(ran(source, { NODE_OPTIONS: "--enable-source-maps" }).stderr).toContain("main.ts:5:7");
});

test("the compiler is not loaded, and whatever would need it says so", () => {
  expect(ran(`console.log(Object.keys(require("${project}/node_modules/typescript")).length)`).stdout).toBe("0\n");
  expect(ran(`require("${project}/node_modules/typescript").createProgram()`).stderr).toContain(
    "typescript.createProgram: a function cannot be sent to a cloud by this program",
  );
});

test("the language host that set-up built says the options of Pulumi.yaml in this project's folder, and none in another's", () => {
  const host = join(folder, "pulumi-language-nodejs");
  writeFileSync(host, hostScript);
  writeFileSync(`${host}-v3.68.0`, '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  for (const file of [host, `${host}-v3.68.0`]) chmodSync(file, 0o755);
  const said = (cwd: string) => execFileSync(host, ["127.0.0.1:1"], { cwd, encoding: "utf8" }).trimEnd().split("\n");
  mkdirSync(join(folder, "another"));
  expect(said(join(folder, "another"))).toEqual(["127.0.0.1:1"]);
  expect(said(project)).toEqual(["-typescript=false", "-nodeargs=--require ./tools/pulumi/program.cjs", "127.0.0.1:1"]);
});

// npm 9, which Debian 13 has, compares what an override is for with every version that is asked for, and ends at one that is a folder.
test("what stands for npm's dependency tree is within what Pulumi's SDK asks for, so that npm needs no override", () => {
  const read = (path: string) =>
    JSON.parse(readFileSync(join(project, path), "utf8")) as Record<string, Record<string, string> | undefined>;
  const [own, sdk] = [read("package.json"), read("node_modules/@pulumi/pulumi/package.json")];
  const { version } = read("tools/pulumi/closures/package.json") as unknown as { version: string };
  expect([own["overrides"], own["dependencies"]?.["@npmcli/arborist"]]).toEqual([undefined, "file:tools/pulumi/closures"]);
  expect([sdk["dependencies"]?.["@npmcli/arborist"], version]).toEqual(["^9.0.0", expect.stringMatching(/^9\./)]);
});
