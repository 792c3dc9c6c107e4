import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import type { Runtime } from "../../infra/release/build";
import { withoutAccess } from "./apart";
import { capture, Failed } from "../../tools/setup/process";
import { findUv } from "../../tools/uv";

/** A package of a resolution, as pylock.toml has it. https://packaging.python.org/en/latest/specifications/pylock-toml/ */
export interface Package {
  readonly name: string;
  /** None of a folder whose metadata has to be made. */
  readonly version?: string;
  readonly wheels?: readonly { readonly url: string; readonly hashes: { readonly sha256: string } }[];
  readonly sdist?: { readonly url: string; readonly hashes: { readonly sha256: string } };
  /** Of the two, `url` or `path`, it has one. A wheel that is named by its address or its path is one, too. */
  readonly archive?: {
    readonly url?: string;
    readonly path?: string;
    readonly hashes: { readonly sha256: string };
    readonly subdirectory?: string;
  };
  readonly vcs?: { readonly type: string; readonly url: string; readonly "commit-id": string; readonly subdirectory?: string };
  /** Relative to the folder that was resolved in. */
  readonly directory?: { readonly path: string; readonly editable?: boolean };
}

/** What is resolved. */
export interface Question {
  /** Relative paths are relative to it. */
  readonly folder: string;
  /** A file that uv reads, or "-" with its text. */
  readonly file: string;
  readonly text?: string;
  /** Requirements beside it. */
  readonly additions: readonly string[];
  readonly prereleases: boolean;
}

/** A set of packages, and the options of uv that it was chosen with. */
export interface Resolution {
  readonly packages: readonly Package[];
  readonly options: readonly string[];
}

/** What wheels must fit, the Python with its third number. */
export type Target = Runtime & { readonly pythonFull: string };

/** uv takes what wheels may ask for up to 2.40. https://docs.astral.sh/uv/reference/cli/#uv-pip-compile--python-platform */
const newestGlibc = 40;

/** As pip's own settings have them; uv reads none of these. https://pip.pypa.io/en/stable/topics/configuration/#environment-variables */
function indexes(): Readonly<Record<string, string>> {
  const { UV_DEFAULT_INDEX, UV_INDEX, PIP_INDEX_URL, PIP_EXTRA_INDEX_URL } = process.env;
  const [first, others] = [UV_DEFAULT_INDEX ?? PIP_INDEX_URL, UV_INDEX ?? PIP_EXTRA_INDEX_URL];
  return { ...(first === undefined ? {} : { UV_DEFAULT_INDEX: first }), ...(others === undefined ? {} : { UV_INDEX: others }) };
}

/** Environment of uv: the Pythons that are here will do, since none runs what is chosen. */
export const uvEnvironment = (): Readonly<Record<string, string | undefined>> => ({
  ...withoutAccess(),
  ...indexes(),
  UV_PYTHON_DOWNLOADS: "never",
  UV_NO_PROGRESS: "1",
  NO_COLOR: "1",
});

/**
 * The set of packages for a host, each with the one wheel that fits it best, or with its source where it has none: sources are read, and
 * their own programs run, only of those.
 * @throws Failed with uv's words where there is no such set
 */
export async function resolve(question: Question, target: Target): Promise<Resolution> {
  const { text, options } = await withSources((sources) => compile(question, target, [...sources, "--format", "pylock.toml"]));
  const { packages = [] } = parse(text) as { packages?: readonly Package[] };
  return { packages, options };
}

/** Addresses of indexes other than the first, without passwords, which packages of a resolution come from. */
export async function indexesOf(question: Question, { options }: Resolution, target: Target): Promise<readonly string[]> {
  // Asks nobody again.
  const told = await compile(question, target, [...options, "--offline", "--emit-index-annotation"]);
  const addresses = [...told.matchAll(/^\s*# from (\S+)$/gm)].map(([, address = ""]) => withoutPassword(address));
  return [...new Set(addresses)].filter((address) => !isFirst(address)).sort();
}

async function compile(
  { folder, file, text, additions, prereleases }: Question,
  { pythonFull, glibc, architecture }: Target,
  options: readonly string[],
): Promise<string> {
  const temporary = mkdtempSync(join(tmpdir(), "webstack-"));
  try {
    const added = join(temporary, "additions.in");
    writeFileSync(added, additions.map((line) => `${line}\n`).join(""));
    return await capture(
      findUv(),
      [
        "pip",
        "compile",
        "--quiet",
        "--no-header",
        "--no-annotate",
        "--python-version",
        pythonFull,
        "--python-platform",
        `${architecture}-manylinux_2_${Math.min(glibc, newestGlibc)}`,
        ...options,
        ...(prereleases ? ["--prerelease", "allow"] : []),
        file,
        added,
      ],
      { cwd: folder, env: uvEnvironment(), ...(text === undefined ? {} : { stdin: text }) },
    );
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Tries with wheels alone, so that versions which have one are preferred; then with the sources of what has none. */
async function withSources(
  ask: (options: readonly string[]) => Promise<string>,
): Promise<{ readonly text: string; readonly options: readonly string[] }> {
  const sources: string[] = [];
  for (;;) {
    const options = ["--only-binary", ":all:", ...sources.flatMap((name) => ["--no-binary", name])];
    try {
      return { text: await ask(options), options };
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      // A folder or an archive whose name nobody knows before it is built.
      if (error.message.includes("Building source distributions is disabled")) return { text: await ask([]), options: [] };
      const more = [...error.message.matchAll(/(?:Wheels are required|Building source distributions) for `([^`]+)`/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !sources.includes(name));
      if (more.length === 0) throw error;
      sources.push(...more);
    }
  }
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  [url.username, url.password] = ["", ""];
  return url.href.replace(/\/$/, "");
}

const isFirst = (address: string): boolean => address === withoutPassword(indexes()["UV_DEFAULT_INDEX"] ?? "https://pypi.org/simple");
