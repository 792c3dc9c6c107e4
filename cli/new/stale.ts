import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DebianName } from "../../infra/config/catalog/debian";
import { quote } from "../../infra/config/quote";
import { sourceDigest } from "../../infra/release/digest";
import { sourceFiles } from "../../infra/release/source";
import { lockName } from "./design";
import { readFolder } from "./folder";
import { findRequirements, inputsOf } from "./requirements";

/** What a build or an installation leaves beside the source, on one box and not on another. */
const leftByBuilds = ["*.egg-info/", "/build/", "/dist/"];

/**
 * Names what a lock was made of, in its head: the texts that say what is asked for, and the folders of packages that were built of the
 * app's own.
 */
export function markOf(root: string, inputs: readonly string[], folders: readonly string[]): string {
  const built = folders.map((folder) =>
    existsSync(join(root, folder)) ? sourceDigest(join(root, folder), sourceFiles(join(root, folder), leftByBuilds)) : "gone",
  );
  return createHash("sha256")
    .update([...inputs, ...built].join("\n"))
    .digest("hex")
    .slice(0, 16);
}

/**
 * A line that says how to choose anew, where what an app asks for is other than what its lock was made of; null
 * where it is the same, or the lock is none of ours. `image`: of the hosts that it is for.
 */
export function staleLock(source: string, lock: string, image: DebianName): string | null {
  const file = join(source, lock);
  const head = /^# Wheels for .*, chosen by uv from (.+?); .*\n(?:#.*\n)*?# Made of: ([0-9a-f]{16})(.*)$/m.exec(
    existsSync(file) ? readFileSync(file, "utf8").replace(/\r\n/g, "\n") : "",
  );
  if (head === null) return null;
  const [, from = "", mark, folders = ""] = head;
  const folder = readFolder(source);
  if (
    markOf(
      source,
      inputsOf(folder, from),
      folders
        .split(" ")
        .filter((built) => built !== "")
        .map(decodeURI),
    ) === mark
  )
    return null;
  const isGone = folder.read(from) === undefined;
  const named = isGone || findRequirements(folder) === from ? "" : ` --requirements ${quote(from)}`;
  const [amiss, moved] = [
    isGone ? "which is no file of the app any more" : "and is of an earlier text",
    lock === lockName ? "" : `, in ${lockName}, which then takes its place`,
  ];
  return (
    `${lock}: must be made of what ${from} asks for now, ${amiss}; npm run new -- --app ${quote(source)} --lock --image ` +
    `${image}${named} chooses anew${moved}`
  );
}

/** A line on a lock of an earlier `npm run new`, of which nobody can tell what it was made of; null of any other. */
export function untoldLock(source: string, lock: string, image: DebianName): string | null {
  const file = join(source, lock);
  const from = /^# Wheels for .*, chosen by pip from (.+?); /.exec(existsSync(file) ? readFileSync(file, "utf8") : "")?.[1];
  if (from === undefined) return null;
  return (
    `${lock} does not tell what it was made of, so whether ${from} asks for other packages by now nobody knows; npm run new -- --app ` +
    `${quote(source)} --lock --image ${image} writes one that does`
  );
}
