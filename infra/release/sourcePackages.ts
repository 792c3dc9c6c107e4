import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Beside the requirements file: what no index has as a wheel, made when it was. */
export const wheelFolder = "webstack_wheels";

/** Behind the name of a source: the file with the tools that build it. hostctl/release/compiled.py reads both. */
export const toolsSuffix = ".build.txt";

/** A package that a requirements file names by its source, which every host compiles. */
export interface SourcePackage {
  readonly name: string;
  readonly sha256: string;
  /** Path of the file that names, with hashes, the packages by which it is built. */
  readonly tools: string;
}

/** Those of a requirements file, by what lies beside it. */
export function sourcePackages(requirements: string): readonly SourcePackage[] {
  const folder = join(dirname(requirements), wheelFolder);
  if (!existsSync(folder)) return [];
  const text = readFileSync(requirements, "utf8");
  return readdirSync(folder)
    .filter((name) => name.endsWith(toolsSuffix) && existsSync(join(folder, name.slice(0, -toolsSuffix.length))))
    .flatMap((tools) => {
      const sha256 = createHash("sha256")
        .update(readFileSync(join(folder, tools.slice(0, -toolsSuffix.length))))
        .digest("hex");
      const name = new RegExp(`^([\\w.-]+)==.*\\\\\\r?\\n +--hash=sha256:${sha256}`, "m").exec(text)?.[1];
      return name === undefined ? [] : [{ name, sha256, tools: join(folder, tools) }];
    });
}

/** A requirements file's text without them. */
export const withoutSources = (text: string, sources: readonly SourcePackage[]): string =>
  sources.reduce((left, { sha256 }) => left.replace(new RegExp(`^[\\w.-]+==.*\\\\\\r?\\n +--hash=sha256:${sha256}\\r?\\n`, "m"), ""), text);
