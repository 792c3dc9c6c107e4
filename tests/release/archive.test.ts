/** Limit: two boxes are played by two clocks, umasks, orders of making and places on one. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { storeGzip } from "../../infra/release/gzip";
import { sourceDigest } from "../../infra/release/digest";
import { sourceFiles } from "../../infra/release/source";

const project = resolve(__dirname, "../..");
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "archive-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const names = ["b.py", "a.py", "Été.txt", `${"long/".repeat(30)}name.txt`];

/** SHA-256 of the archive that a box builds, and where it is. Its pip brings two wheels, in the order that it likes. */
function built(box: string, made: readonly string[], umask: number, zone: string, time: Date): readonly [string, string] {
  const app = join(folder, box, "app");
  for (const name of made) {
    mkdirSync(join(app, name, ".."), { recursive: true });
    writeFileSync(join(app, name), name);
    chmodSync(join(app, name), (name === "a.py" ? 0o777 : 0o666) & ~umask);
    utimesSync(join(app, name), time, time);
  }
  writeFileSync(join(app, "requirements.txt"), "");
  mkdirSync(join(folder, box, "bin"));
  writeFileSync(
    join(folder, box, "bin/python3"),
    `#!/bin/sh\nfor last; do :; done\ncd "$last"\nfor name in ${made.includes("b.py") && made[0] === "b.py" ? "y x" : "x y"}; do ` +
      `printf "$name" > "$name-1-py3-none-any.whl"; done\n`,
    { mode: 0o755 },
  );
  const env = {
    PATH: `${join(folder, box, "bin")}:${process.env["PATH"] ?? ""}`,
    TZ: zone,
    XDG_CACHE_HOME: join(folder, box, "cache"),
    RELEASE: JSON.stringify({
      digest: sourceDigest(app, sourceFiles(app, [])),
      source: app,
      requirements: "requirements.txt",
      exclude: [],
    }),
    RUNTIME: JSON.stringify({ python: "3.13", glibc: 41, architecture: "x86_64" }),
  };
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", `umask ${umask.toString(8)}; exec "$0" --require tsx/cjs infra/release/deliver.ts`, process.execPath],
    { cwd: project, env, encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
  const archives = join(folder, box, "cache/webstack/releases");
  const archive = join(archives, readdirSync(archives)[0] ?? "");
  return [createHash("sha256").update(readFileSync(archive)).digest("hex"), archive];
}

test("a release has the same bytes on two boxes, at two times, with another umask, another time zone and files made in another order", () => {
  const [one, archive] = built("one", names, 0o022, "UTC", new Date("2001-02-03T04:05:06Z"));
  const [two] = built("two", [...names].reverse(), 0o077, "Pacific/Kiritimati", new Date("2026-07-08T09:10:11Z"));
  expect(two).toBe(one);
  // What a host reads of it, by its own reader.
  const listing = "import sys, tarfile\nfor m in tarfile.open(sys.argv[1], 'r:gz'): print(oct(m.mode)[2:], m.uid, int(m.mtime), m.name)";
  expect(execFileSync("python3", ["-c", listing, archive], { encoding: "utf8" }).trimEnd().split("\n")).toEqual([
    "755 0 0 source/a.py",
    "644 0 0 source/b.py",
    `644 0 0 source/${names[3] ?? ""}`,
    "644 0 0 source/requirements.txt",
    "644 0 0 source/Été.txt",
    "644 0 0 wheels/x-1-py3-none-any.whl",
    "644 0 0 wheels/y-1-py3-none-any.whl",
  ]);
});

test.each([0, 1, 0xffff, 0x10000, 200_000])("%i bytes come back from a gzip file that compresses nothing", (size) => {
  const bytes = Buffer.alloc(size, "webstack ");
  writeFileSync(join(folder, "bytes"), bytes);
  storeGzip(join(folder, "bytes"), join(folder, "bytes.gz"));
  const stored = readFileSync(join(folder, "bytes.gz"));
  expect([gunzipSync(stored).equals(bytes), stored.readUInt32LE(stored.length - 4)]).toEqual([true, size]);
});
