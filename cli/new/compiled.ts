import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as tar from "tar";
import { Failed } from "../../tools/setup/process";
import { UsageError } from "../terminal";
import { download } from "./apart";
import { entriesOf } from "./lockText";
import { type Pyproject, packageName, tomlOf } from "./requirements";
import { type Package, resolve, type Target } from "./resolve";

/** A package that hosts compile: its source, for the app's folder, and what builds it. */
export interface Compiled {
  /** "psycopg2-2.9.10.tar.gz" */
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: Buffer;
  /** Packages with their hashes, in the form of a requirements file. */
  readonly tools: string;
}

/** What setuptools takes for a project that names no other tool. https://peps.python.org/pep-0518/#build-system-table */
const unsaid = ["setuptools>=40.8.0"];

/**
 * The source of a package, where it is one that a compiler has to see; undefined of what is Python alone, and of what comes otherwise than
 * in the form that indexes have sources in. Whether this box has a compiler is of no matter.
 * @throws UsageError where no host can compile it, Failed where it cannot be had
 */
export async function compiledSource(one: Package, from: string, scratch: string, target: Target): Promise<Compiled | undefined> {
  const { sdist, archive, version } = one;
  const found = one.wheels === undefined ? (sdist ?? archive) : undefined;
  if (found?.url === undefined || version === undefined || archive?.subdirectory !== undefined || !/\.tar\.gz$/.test(found.url)) return;
  const [folder, name] = [mkdtempSync(join(scratch, "source-")), packageName(one.name)];
  const file = join(folder, `${name}-${version}.tar.gz`);
  await download(found.url, file);
  const bytes = readFileSync(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== found.hashes.sha256)
    throw new UsageError(
      `${from}: the source of ${name} ${version} must have sha256:${found.hashes.sha256}, got sha256:${sha256}; try again`,
    );
  const paths: string[] = [];
  tar.list({ sync: true, file, onReadEntry: ({ path }) => paths.push(path) });
  if (paths.some((path) => /^[^/]+\/(?:[^/]+\/)*Cargo\.toml$/.test(path)))
    throw new UsageError(
      `${from}: ${name} ${version} has no wheel for hosts, and Rust compiles it, whose own packages hosts ask no index for; ` +
        "name a version that has one, or a package in its place",
    );
  if (!paths.some((path) => /\.(?:c|cc|cpp|cxx|pyx|pxd|f|f90)$/i.test(path))) return;
  const project = paths.find((path) => /^[^/]+\/pyproject\.toml$/.test(path));
  if (project !== undefined) tar.extract({ sync: true, file, cwd: folder }, [project]);
  const text = project === undefined ? "" : readFileSync(join(folder, project), "utf8");
  return {
    file: `${name}-${version}.tar.gz`,
    name,
    version,
    sha256,
    bytes,
    tools: await toolsOf(`${name} ${version}`, text, from, target),
  };
}

/** Packages by which a source is built, for hosts: all of them as wheels, since nothing builds the tools of tools. */
async function toolsOf(called: string, text: string, from: string, target: Target): Promise<string> {
  const { "build-system": { requires = unsaid } = {} } = tomlOf(`pyproject.toml of ${called}`, text) as Pyproject;
  // Of setuptools alone newer ones bring it.
  const asked = requires.some((line) => /^setuptools\b/i.test(line)) ? [...requires, "wheel"] : requires;
  if (asked.length === 0) return "";
  const question = { folder: ".", file: "-", text: `${asked.join("\n")}\n`, additions: [], prereleases: false };
  try {
    const { packages } = await resolve(question, target);
    const source = packages.find(({ wheels }) => wheels === undefined);
    if (source === undefined) return entriesOf(packages);
    throw new UsageError(
      `${from}: ${called} has no wheel for hosts, and is built by ${source.name}, which has none either; name a version that has one, ` +
        "or a package in its place",
    );
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new UsageError(
      `${from}: ${called} has no wheel for hosts, and the tools that build it, ${asked.join(", ")}, do not fit them; name a version that ` +
        "has one, or a package in its place",
    );
  }
}
