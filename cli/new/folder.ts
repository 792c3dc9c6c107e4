import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { linkFault, readSource } from "../../infra/release/source";

/** The text files of an application, as far as a release would have them. */
export interface Folder {
  /** Relative, with "/" between folders, in the order of their bytes. */
  readonly paths: readonly string[];
  /** What a release must leave out: virtual environments, and links that lead nowhere or out of the folder. */
  readonly exclude: readonly string[];
  /** What it leaves out of itself and somebody may miss: untracked secrets, keys, dumps and databases. */
  readonly leftOut: readonly string[];
  /** undefined where there is no such file. One above the application, "../base.txt", is read too. */
  read(path: string): string | undefined;
}

export function readFolder(root: string): Folder {
  const exclude = unwanted(root, "");
  const { files: paths, leftOut } = readSource(root, exclude);
  const known = new Set(paths);
  const isThere = (path: string) => known.has(path) || (path.startsWith("../") && existsSync(join(root, path)));
  return { paths, exclude, leftOut, read: (path) => (isThere(path) ? decoded(readFileSync(join(root, path))) : undefined) };
}

/**
 * PowerShell writes UTF-16 where others write UTF-8, and both may begin with a mark of their order.
 * https://www.unicode.org/faq/utf_bom.html
 */
function decoded(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function unwanted(root: string, folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  if (folder !== "" && entries.some(({ name }) => name === "pyvenv.cfg")) return [`${folder}/`];
  return entries.flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isSymbolicLink()) return linkFault(root, path) === null ? [] : [path];
    return entry.isDirectory() && ![".git", "node_modules", ".venv"].includes(entry.name) ? unwanted(root, path) : [];
  });
}

/** Python files of the application itself: no tests, documents or examples. */
export function sources({ paths }: Folder): readonly string[] {
  return paths.filter(
    (path) =>
      path.endsWith(".py") &&
      !/(^|\/)(tests?|docs?|docs_src|examples?|scripts|benchmarks?)\//.test(path) &&
      !/(^|\/)(test_\w+|\w+_test|conftest|tests|setup)\.py$/.test(path),
  );
}

/** `shop/web/main.py` is the module shop.web.main, `src/shop/__init__.py` is shop. */
export function moduleOf(path: string): string {
  return path
    .replace(/^src\//, "")
    .replace(/\.py$/, "")
    .replace(/\/__init__$/, "")
    .replaceAll("/", ".");
}

/** The file of a module, a package's own file included; undefined where it is not in the folder. */
export function fileOf({ paths }: Folder, module: string): string | undefined {
  const base = module.replaceAll(".", "/");
  return ["", "src/"].flatMap((at) => [`${at}${base}.py`, `${at}${base}/__init__.py`]).find((path) => paths.includes(path));
}
