import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve as absolute } from "node:path";
import { type DebianName, debians } from "../../infra/config/catalog/debian";
import { runtimeOf, type Runtime } from "../../infra/release/build";
import { Failed } from "../../tools/setup/process";
import { UsageError } from "../terminal";
import { type Compiled, compiledSource } from "./compiled";
import { questionOf } from "./exported";
import type { Folder } from "./folder";
import { lockText } from "./lockText";
import { refusal } from "./refusal";
import { inputsOf, packageName } from "./requirements";
import { indexesOf, resolve, type Package } from "./resolve";
import { markOf } from "./stale";
import { buildWheel, sourceOf, type Wheel } from "./wheels";

/** The packages that hosts install, as files for the app's folder. */
export interface Lock {
  readonly text: string;
  /** Those that no index has. */
  readonly wheels: readonly Wheel[];
  /** Those that hosts compile. */
  readonly compiled: readonly Compiled[];
  /** Name and version of each. */
  readonly packages: ReadonlyMap<string, string>;
  /** What the project says and this does otherwise, one line each. */
  readonly notes: readonly string[];
}

/**
 * Chooses what hosts install: what the app asks for in `from`, and what `additionsFor` says of the names that this brings.
 * @throws UsageError in one line where there is no such set
 */
export async function lock(
  root: string,
  folder: Folder,
  from: string,
  additionsFor: (packages: ReadonlyMap<string, string>) => readonly string[],
  image: DebianName,
  architecture: Runtime["architecture"],
): Promise<Lock> {
  const scratch = mkdtempSync(join(tmpdir(), "webstack-"));
  const runtime = { ...runtimeOf(image, architecture), pythonFull: debians[image].pythonFull };
  const inputs = inputsOf(folder, from);
  try {
    const asked = await questionOf(root, folder, from, scratch);
    const question = { ...asked, prereleases: inputs.includes("--pre"), additions: [] };
    const found = await resolve(question, runtime);
    const additions = additionsFor(namesOf(found.packages));
    const whole = additions.length === 0 ? found : await resolve({ ...question, additions }, runtime);
    const indexes = await indexesOf({ ...question, additions }, whole, runtime);
    const others = whole.packages.filter((one) => !isProject(one, asked.folder, root));
    // Before anything is built; a source's own program may have told uv what it asks for by then.
    requireAskedHashes(from, others, hashesOf([...inputs, ...(asked.text ?? "").replace(/\\\r?\n/g, " ").split("\n")]));
    const [wheels, compiled]: [Wheel[], Compiled[]] = [[], []];
    for (const one of others) {
      const source = sourceOf(one, asked.folder);
      if (source === undefined) continue;
      const seen = await compiledSource(one, from, scratch, runtime);
      if (seen === undefined) wheels.push(await buildWheel(one, source, from, scratch, runtime));
      else compiled.push(seen);
    }
    const beside = [...wheels, ...compiled];
    const indexed = others.filter((one) => sourceOf(one, asked.folder) === undefined);
    const place = asked.folder.startsWith(scratch) ? root : asked.folder;
    const folders = others.flatMap(({ directory }) => (directory === undefined ? [] : [relative(root, absolute(place, directory.path))]));
    return {
      text: lockText(from, markOf(root, inputs, folders), folders, indexes, indexed, beside, runtime),
      wheels,
      compiled,
      packages: new Map([...namesOf(indexed), ...beside.map(({ name, version }): [string, string] => [name, version])]),
      notes: inputs
        .filter((line) => line.startsWith("--trusted-host"))
        .map((line) => `${line}: not needed by what is chosen here, and left aside`),
    };
  } catch (error) {
    if (error instanceof Failed) throw new UsageError(refusal(from, root, error));
    throw error;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const namesOf = (packages: readonly Package[]): ReadonlyMap<string, string> =>
  new Map(packages.map(({ name, version = "" }) => [packageName(name), version]));

/** `-e .` is the app itself, whose source a release holds anyway. */
const isProject = ({ directory }: Package, folder: string, root: string): boolean =>
  directory !== undefined && [folder, root].map((one) => absolute(one)).includes(absolute(folder, directory.path));

/** "flask==3.1 --hash=sha256:... --hash=..." of some lines, by name: a lock for many machines has a line with a marker for each version. */
function hashesOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return lines.reduce((found, line) => {
    const [name, hashes] = [
      packageName(/^[\w.-]+/.exec(line)?.[0] ?? ""),
      [...line.matchAll(/--hash=sha256:([0-9a-f]{64})/g)].map(([, hash = ""]) => hash),
    ];
    return hashes.length === 0 ? found : found.set(name, [...(found.get(name) ?? []), ...hashes]);
  }, new Map<string, readonly string[]>());
}

/** uv writes the hashes of the index over those that were asked for. */
function requireAskedHashes(from: string, packages: readonly Package[], asked: ReadonlyMap<string, readonly string[]>): void {
  for (const { name, version = "", wheels = [], sdist, archive } of packages) {
    const [hashes, found] = [asked.get(packageName(name)), (wheels[0] ?? sdist ?? archive)?.hashes.sha256];
    if (hashes !== undefined && found !== undefined && !hashes.includes(found)) {
      throw new UsageError(
        `${from}: ${name} ${version} must have one of the ${hashes.length} hashes that stand there, got sha256:${found} from the ` +
          "index; either the file is for other machines, whose wheels are others, or somebody has put another package in its place",
      );
    }
  }
}
