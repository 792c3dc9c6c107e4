import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { project } from "../../tools/setup/folders";

/**
 * A folder of states as the engine has it, which runs in the project's own.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/backend/diy/store.go
 */
const bookkeeping = (folder: string): string =>
  join(resolve(project, folder.replace(/\?.*$/, "").replace(/^~(?=\/|$)/, homedir())), ".pulumi");

const stacksOf = (folder: string): string => join(bookkeeping(folder), "stacks", "webstack");

const note = (folder: string, stack: string): string => join(stacksOf(folder), `${stack}.moved`);

/** Where the state of a stack was moved to from a folder; null where it was not. */
export function movedTo(folder: string, stack: string): string | null {
  return existsSync(note(folder, stack)) ? readFileSync(note(folder, stack), "utf8").trim() : null;
}

/** Whether an engine works on a stack of a folder, or one was killed while it did. */
export function isLocked(folder: string, stack: string): boolean {
  const locks = join(bookkeeping(folder), "locks", "organization", "webstack", stack);
  return existsSync(locks) && readdirSync(locks).length > 0;
}

/** Takes a stack out of a folder, where the next `up` would begin with what it was. Result: the files that keep it. */
export function leaveBehind(folder: string, stack: string, url: string): readonly string[] {
  writeFileSync(note(folder, stack), `${url}\n`, { mode: 0o600 });
  const kept = [".json", ".json.gz", ".json.zst"].map((ending) => join(stacksOf(folder), `${stack}${ending}`)).filter(existsSync);
  for (const file of kept) renameSync(file, `${file}.before-move`);
  return kept.map((file) => `${file}.before-move`);
}
