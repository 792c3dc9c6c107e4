import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sourceDigest } from "../../infra/release/digest";
import { sourceFiles } from "../../infra/release/source";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "release-"));
  for (const name of ["bin", "app"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "app", "requirements.txt"), "django==5.2\n");
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What the engine's program says that builds the app, on a box whose python3 is this shell script, or that has none. */
function refusal(python?: string): string {
  if (python !== undefined) {
    writeFileSync(join(folder, "bin", "python3"), `#!/bin/sh\n${python}\n`);
    chmodSync(join(folder, "bin", "python3"), 0o755);
  }
  const source = join(folder, "app");
  const env = {
    PATH: join(folder, "bin"),
    XDG_CACHE_HOME: folder,
    RELEASE: JSON.stringify({
      digest: sourceDigest(source, sourceFiles(source, [])),
      source,
      requirements: "requirements.txt",
      exclude: [],
    }),
    RUNTIME: JSON.stringify({ python: "3.11", architecture: "x86_64" }),
  };
  const { status, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "infra/release/deliver.ts"], {
    cwd: resolve(__dirname, "../.."),
    env,
    encoding: "utf8",
  });
  expect(status).toBe(1);
  return stderr;
}

test.each([
  ["without Python", undefined],
  ["whose Python has no pip", "echo '/usr/bin/python3: No module named pip' >&2; exit 1"],
])("on a box %s, one line says what fetches the wheels", (_box, python) => {
  expect(refusal(python)).toBe(
    `${folder}/app/requirements.txt: its wheels are fetched by pip of Python 3, which is not here; install both: ` +
      `https://pip.pypa.io/en/stable/installation\n`,
  );
});

test("what pip refuses is said in its own words", () => {
  expect(refusal("echo 'ERROR: Hashes are required' >&2; exit 1")).toBe(
    `${folder}/app/requirements.txt: pip refused it\nERROR: Hashes are required\n`,
  );
});
