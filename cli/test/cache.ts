import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../tools/setup/folders";
import { table } from "../terminal";

/** What the cache holds, such as images of machines, built releases and programs of set-up: names of entries by folder. */
export type Cache = ReadonlyMap<string, ReadonlySet<string>>;

export function cacheNow(folder = cacheFolder()): Cache {
  const entries = (path: string) => readdirSync(path, { withFileTypes: true }).filter(({ name }) => !name.endsWith(".lock"));
  const kinds = existsSync(folder) ? entries(folder).filter((entry) => entry.isDirectory()) : [];
  return new Map(kinds.map(({ name }) => [name, new Set(entries(join(folder, name)).map((entry) => entry.name))]));
}

/** How much of each kind a run found there, and how much it had to make. */
export function cacheTable(before: Cache, after: Cache): string {
  const rows = [...after].map(([kind, names]) => {
    const made = [...names].filter((name) => !before.get(kind)?.has(name)).length;
    return [kind, `${before.get(kind)?.size ?? 0} there, ${made} made`] as const;
  });
  return ["The cache, before the run and by it:", table(rows)].join("\n");
}
