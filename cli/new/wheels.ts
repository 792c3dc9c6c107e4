import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pipPlatform, type Runtime } from "../../infra/release/build";
import { capture, Failed } from "../../tools/setup/process";
import { UsageError } from "../terminal";
import { captureApart, download, withoutAccess } from "./apart";
import { packageName } from "./requirements";
import type { Package } from "./resolve";

/** A wheel that no index has, for the app's folder. */
export interface Wheel {
  /** "docopt-0.6.2-py2.py3-none-any.whl" */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** The source of a package, as pip names it: the exact one that was resolved. undefined: it has a wheel at its index. */
export function sourceOf({ wheels, sdist, archive, vcs, directory }: Package, folder: string): string | undefined {
  const below = (path: string | undefined) => (path === undefined ? "" : `subdirectory=${path}`);
  if (vcs !== undefined)
    return `${vcs.type}+${vcs.url}@${vcs["commit-id"]}${vcs.subdirectory === undefined ? "" : `#${below(vcs.subdirectory)}`}`;
  if (archive !== undefined) {
    const place = archive.url ?? pathToFileURL(resolve(folder, archive.path ?? "")).href;
    return `${place}#sha256=${archive.hashes.sha256}${archive.subdirectory === undefined ? "" : `&${below(archive.subdirectory)}`}`;
  }
  if (directory !== undefined) return resolve(folder, directory.path);
  return wheels === undefined && sdist !== undefined ? `${sdist.url}#sha256=${sdist.hashes.sha256}` : undefined;
}

/** Whether a source is a wheel already, for hosts and perhaps not for this box. */
const isWheel = (source: string): boolean => /\.whl(#|$)/.test(source);

/**
 * Makes the wheel of a package from its source, by its own programs, with this box's Python: the source decides its bytes, not the hour. A
 * wheel is taken as it is.
 * @param scratch a folder for what that leaves behind
 * @throws UsageError where that needs a compiler, or fails
 */
export async function buildWheel(one: Package, source: string, from: string, scratch: string, runtime: Runtime): Promise<Wheel> {
  const called = `${one.name}${one.version === undefined ? "" : ` ${one.version}`}`;
  const folder = mkdtempSync(join(scratch, "wheel-"));
  const refuse = (why: string, mend: string) => new UsageError(`${from}: ${called} has no wheel for hosts, and ${why}; ${mend}`);
  const mend = "name a version that has one, or a package in its place";
  const pip = ["python3", "-m", "pip"];
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--no-cache-dir"];
  try {
    if (isWheel(source)) {
      const [program = "", ...args] = [...pip, "download", ...quiet, ...pipPlatform(runtime), "--dest", join(folder, "out"), source];
      await capture(program, args, { env: withoutAccess() });
    } else {
      const local = await fetched(one, source, folder);
      const words = ["wheel", ...quiet, "--ignore-requires-python", "--wheel-dir", join(folder, "out"), local];
      // The first moment that a zip archive can tell. https://reproducible-builds.org/docs/source-date-epoch/
      await captureApart(pip, words, folder, { SOURCE_DATE_EPOCH: "315532800" });
    }
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw refuse(`making one fails here: ${lastWords(error.message)}`, mend);
  }
  const [file = ""] = readdirSync(join(folder, "out"));
  const [name = "", version = "", ...tags] = file.replace(/\.whl$/, "").split("-");
  if (!isWheel(source) && !tags.join("-").endsWith("-none-any"))
    throw refuse("becomes one for this box alone, since hosts compile C, C++, Cython and Fortran of a source archive (.tar.gz) only", mend);
  const bytes = readFileSync(join(folder, "out", file));
  return { file, name: packageName(name), version, sha256: createHash("sha256").update(bytes).digest("hex"), bytes };
}

/**
 * Brings a source into a folder of its own, where its build may leave files: who may fetch it is no matter of the build's. Result: pip's
 * word for it.
 */
async function fetched({ directory, vcs }: Package, source: string, folder: string): Promise<string> {
  const copy = join(folder, "source");
  const git = (...words: readonly string[]) => capture("git", words, { env: { ...withoutAccess(), GIT_TERMINAL_PROMPT: "0" } });
  if (directory !== undefined) cpSync(source, copy, { recursive: true });
  else if (vcs !== undefined) {
    await git("clone", "--quiet", "--no-checkout", vcs.url, copy);
    await git("-C", copy, "checkout", "--quiet", vcs["commit-id"]);
    await git("-C", copy, "submodule", "--quiet", "update", "--init", "--recursive");
  } else {
    const [address = "", fragment = ""] = source.split("#");
    const file = join(folder, basename(new URL(address).pathname));
    await download(address, file);
    return `${pathToFileURL(file).href}#${fragment}`;
  }
  return join(copy, vcs?.subdirectory ?? "");
}

/** The line that tells most of what pip says of a build that failed. */
function lastWords(said: string): string {
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (
    lines.find((line) => /^(\w*Error|error|fatal): /.test(line) && !/subprocess-exited|metadata-generation|failed-wheel/.test(line)) ??
    lines.at(-1) ??
    "pip says nothing"
  );
}
