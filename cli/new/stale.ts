import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DebianName } from "../../infra/config/catalog/debian";
import { quote } from "../../infra/config/quote";
import { readFolder } from "./folder";
import { findRequirements } from "./requirements";

/** Names what was asked of pip, in the head of the lock that it gave. */
export function markOf(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}

/**
 * A line that says how to choose anew, where the packages that an app asks for are others than those that its lock was made of; null
 * where they are the same, or the lock is none of ours. `image`: of the hosts that it is for.
 */
export function staleLock(source: string, lock: string, image: DebianName): string | null {
  const file = join(source, lock);
  const head = /^# Wheels for .*, chosen by pip from (.+?); .*\n(?:#.*\n)*?# Asked for: ([0-9a-f]{16})$/m.exec(existsSync(file) ? readFileSync(file, "utf8") : "");
  if (head === null) return null;
  const [, from = "", mark] = head;
  const folder = readFolder(source);
  const now = findRequirements(folder, folder.paths.includes(from) ? from : undefined);
  if (now === undefined || markOf(now.lines) === mark) return null;
  return `${from} asks for other packages than when ${lock} was made of it, which is what hosts install; npm run new -- --app ${quote(source)} --lock --image ${image} chooses anew`;
}
