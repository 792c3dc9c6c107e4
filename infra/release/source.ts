import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ignore from "ignore";

/** Never part of a release, whatever the app says: nothing of a host, and no secret, encrypted ones of a stack's file included. */
const never = [".git", ".venv", "__pycache__", "*.pyc", "node_modules", ".env", "/Pulumi.*.yaml"];

/**
 * Paths of the files of a release, relative to `source`, with "/" between folders and in the order of their bytes.
 * What .gitignore or `exclude` name is left out, in gitignore's own syntax.
 * @throws on a symbolic link, which could point at anything once it is on a host.
 */
export function sourceFiles(source: string, exclude: readonly string[]): readonly string[] {
  const gitignore = join(source, ".gitignore");
  const rules = ignore()
    .add(existsSync(gitignore) ? readFileSync(gitignore, "utf8") : "")
    .add([...exclude])
    .add(never);
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(source, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (rules.ignores(entry.isDirectory() ? `${path}/` : path)) continue;
      if (entry.isSymbolicLink()) throw new Error(`${join(source, path)}: a release holds no symbolic links; copy the file or exclude it`);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) found.push(path);
    }
  };
  walk("");
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
