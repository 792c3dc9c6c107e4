import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  const files = readdirSync(tools, { recursive: true })
    .map((name) => join(tools, String(name)))
    .filter((file) => file.endsWith("requirements.txt"));
  expect(files.map((file) => relative(tools, file)).sort()).toEqual([
    "linters/requirements.txt",
    "moto/requirements.txt",
    "pipenv/requirements.txt",
    "poetry/requirements.txt",
    "scanners/build-requirements.txt",
    "scanners/requirements.txt",
    "uv/requirements.txt",
  ]);
  const projects = resolve(__dirname, "../machines/projects");
  const all = [...files, ...readdirSync(projects).map((name) => join(projects, name))];
  const packages = all.flatMap((file) =>
    readFileSync(file, "utf8")
      .replace(/\\\n/g, "")
      .split("\n")
      .filter((line) => /^\w/.test(line)),
  );
  expect(packages.filter((line) => !/^[\w.-]+==\S+( ; [^\\]+?)?( +--hash=sha256:[0-9a-f]{64})+$/.test(line))).toEqual([]);
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

test("a source is neither built nor looked into, but for one that the file excepts, which is built by what is there already", async () => {
  const place = join(folder, "sources");
  mkdirSync(join(place, "one-1"), { recursive: true });
  writeFileSync(
    join(place, "one-1/pyproject.toml"),
    '[build-system]\nrequires = ["nothing-of-the-kind==1"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  );
  writeFileSync(join(place, "one-1/PKG-INFO"), "Metadata-Version: 2.1\nName: one\nVersion: 1\n");
  writeFileSync(
    join(place, "one-1/backend.py"),
    `import zipfile
open("${place}/ran", "w").close()
def build_wheel(folder, config_settings=None, metadata_directory=None):
    files = {"one.py": "", "one-1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: one\\nVersion: 1\\n", "one-1.dist-info/RECORD": "",
             "one-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    with zipfile.ZipFile(f"{folder}/one-1-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return "one-1-py3-none-any.whl"
`,
  );
  execFileSync("tar", ["--create", "--gzip", "--file=one-1.tar.gz", "one-1"], { cwd: place });
  const sha256 = createHash("sha256")
    .update(readFileSync(join(place, "one-1.tar.gz")))
    .digest("hex");
  const install = (...options: readonly string[]) => {
    writeFileSync(
      join(place, "requirements.txt"),
      ["--no-index", `--find-links ${place}`, ...options, `one==1 --hash=sha256:${sha256}`, ""].join("\n"),
    );
    return venvOf(join(place, "requirements.txt"));
  };
  await expect(install()).rejects.toThrow("No matching distribution found for one==1");
  expect(readdirSync(place)).not.toContain("ran");
  const python = await install("--no-binary one");
  expect([
    execFileSync(python, ["-c", "import one; print(one.__name__)"], { encoding: "utf8" }),
    readdirSync(place).includes("ran"),
  ]).toEqual(["one\n", true]);
}, 120_000);
