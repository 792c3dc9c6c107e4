import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { venvOf } from "../../tools/setup/venv";

const tools = resolve(__dirname, "../../tools");
const cache = process.env["XDG_CACHE_HOME"];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "venv-"));
  process.env["XDG_CACHE_HOME"] = folder;
});

afterAll(() => {
  if (cache === undefined) delete process.env["XDG_CACHE_HOME"];
  else process.env["XDG_CACHE_HOME"] = cache;
  rmSync(folder, { recursive: true });
});

test("every package of a tool has its version and hashes", () => {
  const files = readdirSync(tools, { recursive: true }).map((name) => join(tools, String(name))).filter((file) => file.endsWith("requirements.txt"));
  expect(files.map((file) => relative(tools, file)).sort()).toEqual(["linters/requirements.txt", "moto/requirements.txt", "scanners/build-requirements.txt", "scanners/requirements.txt"]);
  const projects = resolve(__dirname, "../machines/projects");
  const all = [...files, ...readdirSync(projects).map((name) => join(projects, name))];
  const packages = all.flatMap((file) => readFileSync(file, "utf8").replace(/\\\n/g, "").split("\n").filter((line) => /^\w/.test(line)));
  expect(packages.filter((line) => !/^[\w.-]+==\S+( +--hash=sha256:[0-9a-f]{64})+$/.test(line))).toEqual([]);
  expect(packages.length).toBeGreaterThan(170);
});

test("a package without a hash is not installed, nor is one with another", async () => {
  const wheel = join(folder, "one-1-py3-none-any.whl");
  writeFileSync(wheel, "PK");
  const install = async (line: string) => {
    writeFileSync(join(folder, "requirements.txt"), line);
    return venvOf(join(folder, "requirements.txt")).then(String, (error: Error) => error.message);
  };
  expect(await install(`one @ file://${wheel}\n`)).toContain("Hashes are required in --require-hashes mode");
  expect(await install(`one @ file://${wheel} --hash=sha256:${"0".repeat(64)}\n`)).toContain("THESE PACKAGES DO NOT MATCH THE HASHES");
  expect(readdirSync(join(folder, "webstack/examples"))).toEqual([]);
}, 60_000);
