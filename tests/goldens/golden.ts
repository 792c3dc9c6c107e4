import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const rewrite = process.env.GOLDENS === "write";

/**
 * Expects the files of a folder below tests/goldens/ to be exactly `files` (text by path). `npm run golden` rewrites them;
 * the change then shows in the same commit.
 */
export function expectGolden(folder: string, files: ReadonlyMap<string, string>): void {
  const root = join(__dirname, folder);
  if (rewrite) {
    rmSync(root, { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  }
  const stored = existsSync(root) ? list(root, "") : [];
  expect([...files.keys()].map((path) => path.replace(/^\//, "")).sort()).toEqual(stored.sort());
  for (const [path, text] of files) expect(`${path}\n${text}`).toBe(`${path}\n${readFileSync(join(root, path), "utf8")}`);
}

function list(root: string, folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    return statSync(join(root, path)).isDirectory() ? list(root, path) : [path];
  });
}
