import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Files below `dir` that the patterns choose, relative to it, sorted. The last pattern that matches a file decides; one that begins
 * with "!" drops it. `*` stops at "/", `**` does not, `?` is one character, `{a,b}` is a choice.
 */
export function chooseFiles(dir: string, patterns: readonly string[]): string[] {
  const rules = patterns.map((pattern) => ({ keep: !pattern.startsWith("!"), test: expression(pattern.replace(/^!/, "")) }));
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, "/").length))
    .filter((file) => rules.findLast(({ test }) => test.test(file))?.keep ?? false)
    .sort();
}

function expression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*|[*?{},]|[\\^$.|+()[\]]/g, (part) => meaning[part] ?? `\\${part}`);
  return new RegExp(`^${source}$`);
}

const meaning: Readonly<Record<string, string>> = { "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|" };
