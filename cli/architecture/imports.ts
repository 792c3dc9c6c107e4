import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Every source file below a folder, by its path. */
export function sources(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => join(folder, path));
}

/** Modules that a file imports at run time, as it names them; a type import leaves nothing behind. */
export function imports(path: string): readonly string[] {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(/^(?:import|export)(?! type)[^;]*?from "([^"]+)"|require\("([^"]+)"\)/gm);
  return [...found].map(([, imported, required]) => imported ?? required ?? "");
}

/** Files and folders of the project that a file imports, relative to `root`, without the end of their names. */
export function ownImports(path: string, root: string): readonly string[] {
  return imports(path)
    .filter((module) => module.startsWith("."))
    .map((module) => relative(root, resolve(dirname(path), module)));
}
