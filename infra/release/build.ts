import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as tar from "tar";
import { cacheFolder } from "./cache";
import { contentOf, sourceDigest } from "./digest";
import { storeGzip } from "./gzip";
import { type DebianName, debians } from "../config/catalog/debian";
import type { Release } from "./release";
import { sourceFiles } from "./source";
import { sourcePackages, wheelFolder, withoutSources } from "./sourcePackages";

/** What the hosts run, as pip names it; wheels must fit it. */
export interface Runtime {
  /** "3.13" */
  readonly python: string;
  /** The newest C library that a wheel may ask for: 41 is 2.41. */
  readonly glibc: number;
  /** "x86_64" or "aarch64". */
  readonly architecture: "x86_64" | "aarch64";
}

/** The runtime of hosts with this Debian and these processors. */
export function runtimeOf(debian: DebianName, architecture: Runtime["architecture"]): Runtime {
  const { python, glibc } = debians[debian];
  return { python, glibc, architecture };
}

/**
 * Libraries that wheels are made for, 2.17 and on; one for an older library runs with every newer one. https://peps.python.org/pep-0600/
 */
const glibcs = [17, 24, 26, 27, 28, 31, 34, 35, 38, 39, 40, 41];

/**
 * Builds the archive of a release unless it is cached: `source/` and, so that a host needs no package index, `wheels/`. The same release
 * has the same bytes on every box: nothing of its order, its clock, its users or its umask gets in.
 * @returns its path.
 * @throws when the source changed since the digest was taken, or when pip refuses a hash.
 */
export async function buildRelease(release: Release, runtime: Runtime): Promise<string> {
  const archive = join(cacheFolder("releases"), `${release.digest}-${runtime.python}-${runtime.architecture}.tar.gz`);
  if (existsSync(archive)) return archive;
  const files = sourceFiles(release.source, release.exclude);
  const found = sourceDigest(release.source, files);
  if (found !== release.digest)
    throw new Error(`${release.source} changed while it was being built: ${release.digest} is now ${found}; run it again`);
  const wheels = downloadWheels(join(release.source, release.requirements), runtime);

  mkdirSync(dirname(archive), { recursive: true });
  const folder = mkdtempSync(`${archive}.`);
  try {
    const put = (path: string, bytes: Buffer, mode: number) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
      // What is asked of mkdir and open, umask takes from.
      chmodSync(join(folder, path), mode);
      return path;
    };
    const source = files.map((path) => {
      const { bytes, executable } = contentOf(join(release.source, path));
      return put(`source/${path}`, bytes, executable ? 0o755 : 0o644);
    });
    const packed = readdirSync(wheels)
      .sort()
      .map((name) => put(`wheels/${name}`, readFileSync(join(wheels, name)), 0o644));
    await tar.create({ file: join(folder, "tar"), cwd: folder, portable: true, noDirRecurse: true, mtime: new Date(0) }, [
      ...source,
      ...packed,
    ]);
    storeGzip(join(folder, "tar"), join(folder, "archive"));
    renameSync(join(folder, "archive"), archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return archive;
}

/** pip's options for wheels that fit a host, wherever pip runs. */
export function pipPlatform({ python, glibc, architecture }: Runtime): readonly string[] {
  const fitting = ["manylinux2014", ...glibcs.filter((minor) => minor <= glibc).map((minor) => `manylinux_2_${minor}`)];
  const platforms = fitting.flatMap((library) => ["--platform", `${library}_${architecture}`]);
  return ["--only-binary=:all:", "--implementation", "cp", "--python-version", python, ...platforms];
}

/**
 * Wheels of a hashed requirements file, and of the tools that build what it names by its source, cached by what those files say. Of two
 * tools of a name each source has its own.
 */
function downloadWheels(requirements: string, runtime: Runtime): string {
  const sources = sourcePackages(requirements);
  const [text, tools] = [readFileSync(requirements, "utf8"), sources.map((one) => one.tools)];
  const { python, architecture } = runtime;
  const name = [text, ...tools.map((file) => readFileSync(file, "utf8")), `${python} ${architecture}`]
    .reduce((hash, one) => hash.update(one), createHash("sha256"))
    .digest("hex")
    .slice(0, 16);
  const folder = join(cacheFolder("wheels"), name);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  const rest = `${unfinished}.txt`;
  try {
    if (sources.length > 0) writeFileSync(rest, withoutSources(text, sources));
    for (const file of [sources.length > 0 ? rest : requirements, ...tools]) download(file, requirements, runtime, unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(rest, { force: true });
  }
  return folder;
}

/** @param requirements what a person knows of the file */
function download(file: string, requirements: string, runtime: Runtime, into: string): void {
  const beside = join(dirname(requirements), wheelFolder);
  // Where the versions were chosen; pip reads no setting of uv.
  const { UV_DEFAULT_INDEX, UV_INDEX } = process.env;
  // uv gives an index a name: "own=https://...". https://docs.astral.sh/uv/reference/environment/#uv_index
  const others = UV_INDEX?.split(/\s+/)
    .map((one) => one.replace(/^[\w-]+=(?=\w+:)/, ""))
    .join(" ");
  try {
    execFileSync(
      "python3",
      [
        ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"],
        // Which of two wheels of a name is taken, this or an index's, the hash decides.
        ...(existsSync(beside) ? ["--find-links", beside] : []),
        ...[...pipPlatform(runtime), "--requirement", file, "--dest", into],
      ],
      {
        stdio: ["ignore", "inherit", "pipe"],
        encoding: "utf8",
        env: {
          ...(UV_DEFAULT_INDEX === undefined ? {} : { PIP_INDEX_URL: UV_DEFAULT_INDEX }),
          ...(others === undefined ? {} : { PIP_EXTRA_INDEX_URL: others }),
          ...process.env,
        },
      },
    );
  } catch (error) {
    const { code, stderr = "" } = error as { code?: string; stderr?: string };
    if (code === "ENOENT" || stderr.includes("No module named pip")) {
      throw new Error(
        `${requirements}: its wheels are fetched by pip of Python 3, which is not here; install both: ` +
          "https://pip.pypa.io/en/stable/installation",
        { cause: error },
      );
    }
    throw new Error(`${requirements}: pip refused it\n${stderr.trimEnd()}`, { cause: error });
  }
}
