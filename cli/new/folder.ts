import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFiles } from "../../infra/release/source";

/** The text files of an application, as far as a release would have them. */
export interface Folder {
  /** Relative, with "/" between folders, in the order of their bytes. */
  readonly paths: readonly string[];
  /** What a release must leave out: virtual environments and symbolic links. */
  readonly exclude: readonly string[];
  /** undefined where there is no such file. */
  read(path: string): string | undefined;
}

export function readFolder(root: string): Folder {
  const exclude = unwanted(root, "");
  const paths = sourceFiles(root, exclude);
  const known = new Set(paths);
  return { paths, exclude, read: (path) => (known.has(path) ? readFileSync(join(root, path), "utf8") : undefined) };
}

function unwanted(root: string, folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  if (folder !== "" && entries.some(({ name }) => name === "pyvenv.cfg")) return [`${folder}/`];
  return entries.flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isSymbolicLink()) return [path];
    return entry.isDirectory() && ![".git", "node_modules", ".venv"].includes(entry.name) ? unwanted(root, path) : [];
  });
}

/** Python files of the application itself: no tests, documents or examples. */
export function sources({ paths }: Folder): readonly string[] {
  return paths.filter((path) => path.endsWith(".py") && !/(^|\/)(tests?|docs?|docs_src|examples?|scripts|benchmarks?)\//.test(path) && !/(^|\/)(test_\w+|\w+_test|conftest|tests|setup)\.py$/.test(path));
}

/** `shop/web/main.py` is the module shop.web.main, `src/shop/__init__.py` is shop. */
export function moduleOf(path: string): string {
  return path.replace(/^src\//, "").replace(/\.py$/, "").replace(/\/__init__$/, "").replaceAll("/", ".");
}

/** The file of a module, a package's own file included; undefined where it is not in the folder. */
export function fileOf({ paths }: Folder, module: string): string | undefined {
  const base = module.replaceAll(".", "/");
  return ["", "src/"].flatMap((at) => [`${at}${base}.py`, `${at}${base}/__init__.py`]).find((path) => paths.includes(path));
}
