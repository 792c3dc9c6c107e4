import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unpackPinned } from "../../tools/setup/pinned";
import { archives, engineVersion } from "../../tools/setup/pulumi";

const project = resolve(__dirname, "../..");
let folder: string;
let server: Server;
let archive: Buffer;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pinned-"));
  mkdirSync(join(folder, "pulumi"));
  writeFileSync(join(folder, "pulumi/pulumi"), "#!/bin/sh\necho engine\n", { mode: 0o755 });
  execFileSync("tar", ["--create", "--gzip", "--file=archive.tar.gz", "pulumi"], { cwd: folder });
  archive = readFileSync(join(folder, "archive.tar.gz"));
  server = createServer(({ url: path }, response) => response.writeHead(path === "/archive.tar.gz" ? 200 : 404).end(archive));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive.tar.gz`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const sum = (data: Buffer): string => createHash("sha256").update(data).digest("hex");

test("the archive that is pinned is unpacked, in place of what was there", async () => {
  const place = join(folder, "engine");
  mkdirSync(place);
  writeFileSync(join(place, "old"), "");
  await unpackPinned({ url, sha256: sum(archive) }, place);
  expect([readdirSync(place), statSync(join(place, "pulumi")).mode & 0o777]).toEqual([["pulumi"], 0o755]);
});

test("of another archive, of half a one and of none nothing is unpacked, and one line says so", async () => {
  const place = join(folder, "other");
  const pinned = "0".repeat(64);
  const refused = async (pin: { url: string; sha256: string }) =>
    (await unpackPinned(pin, place).catch((error: unknown) => error)) as Error;
  expect((await refused({ url, sha256: pinned })).message).toBe(
    `${url}: must have the SHA-256 ${pinned}, got ${sum(archive)}, ${archive.length} bytes; nothing of it was unpacked. Try again ` +
      "from another network, or install archive.tar.gz yourself",
  );
  expect((await refused({ url: `${url}.gone`, sha256: pinned })).message).toBe(
    `${url}.gone: cannot be downloaded: the server answered 404; try again`,
  );
  // What is no archive, by its right checksum.
  const whole = archive;
  archive = whole.subarray(0, 60);
  await expect(unpackPinned({ url, sha256: sum(archive) }, place)).rejects.toThrow();
  archive = whole;
  expect([existsSync(place), readdirSync(folder).filter((name) => name.startsWith("other"))]).toEqual([false, []]);
});

test("the checksums are of the version that is built from modules elsewhere", () => {
  const [, version] =
    /github\.com\/pulumi\/pulumi\/pkg\/v3 (\S+)$/m.exec(readFileSync(join(project, "tools/pulumi/engine/go.mod"), "utf8")) ?? [];
  expect(version).toBe(engineVersion);
  const [known, sums] = [Object.keys(archives), Object.values(archives)];
  expect([known, sums.every((hex) => /^[0-9a-f]{64}$/.test(hex)), new Set(sums).size]).toEqual([
    ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"],
    true,
    4,
  ]);
  // A newer engine needs checksums of its own: these are those of this one.
  expect(engineVersion).toBe("v3.259.0");
});

/** What people and CI are told to run, and what we run: [file, line]. */
function told(): [string, string][] {
  const shown = [
    "README.md",
    ".gitlab-ci.yml",
    ".ci",
    ".github",
    "cli",
    "cloud-init",
    "docs",
    "examples",
    "hostctl",
    "infra",
    "policy",
    "providers",
    "tools",
  ];
  const files = execFileSync("git", ["ls-files", "--", ...shown], { cwd: project, encoding: "utf8" })
    .trim()
    .split("\n");
  return files
    .filter((name) => !/\.(svg|sum|png|woff2?|ico|jpg|webp)$|requirements\.txt$|lock\.json$/.test(name))
    .flatMap((name) =>
      readFileSync(join(project, name), "utf8")
        .replace(/\\\n/g, " ")
        // Words of one command count as one line, however the list of them is broken.
        .replace(/,\n\s+(?=["'`.\w])/g, ", ")
        .split("\n")
        .map((line): [string, string] => [name, line]),
    );
}

test("no text and no program pipes a download to a shell, or installs a tool from PyPI or npm without its checksums", () => {
  const lines = told();
  const found = (what: RegExp, but: RegExp) =>
    lines.filter(([, line]) => what.test(line) && !but.test(line)).map(([name, line]) => `${name}: ${line.trim()}`);
  expect(found(/(curl|wget|fetch)\b[^|]*\|\s*(sudo\s+)?(ba|da|z)?sh\b|\b(ba|da|z)?sh\s+(-c\s+)?["']?[<$]\(\s*(curl|wget)/, /^$/)).toEqual(
    [],
  );
  // The dry run of `new` chooses versions of wheels, and writes their hashes down; a source that it fetches has its own, or its commit, in
  // its address.
  expect(
    found(
      /\bpip3?["'\s,()[\]]+(install|download)\b|\b(pipx|uvx)\b|\buv\s+(pip|tool)\b/,
      /--require-hashes|--dry-run|"download", \.\.\.quiet, .*, source\]/,
    ),
  ).toEqual([]);
  // npm packages come by their lock file alone.
  expect(found(/\bnpm\s+(install|i|add)\s+(-g\s+|--global\s+)?[@a-z]|\bnpx\s+(-y|--yes)\b/, /^$/)).toEqual([]);
  expect(lines.some(([, line]) => /pip install .*--require-hashes/.test(line))).toBe(true);
});

test("set-up runs no program that it has just downloaded", () => {
  const files = readdirSync(join(project, "tools/setup")).map((name) => readFileSync(join(project, "tools/setup", name), "utf8"));
  expect(files.filter((text) => /"sh", \["-s"|\| *sh\b|curl/.test(text.replace(/"curl",/, "")))).toEqual([]);
});
