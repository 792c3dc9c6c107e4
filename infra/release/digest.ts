import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AppSpec } from "../config/spec";
import type { Release } from "./release";
import { sourceFiles } from "./source";

/**
 * The release that the app's folder holds now. Nothing is built.
 * @throws when the folder or its requirements file is missing.
 */
export function findRelease({ source, requirements, exclude }: AppSpec): Release {
  return { digest: sourceDigest(source, sourceFiles(source, exclude)), source, requirements, exclude };
}

/**
 * First 16 hex digits of the SHA-256 over one line a file: "x" when its owner may execute it, else "-"; the SHA-256 of
 * its content; its path. hostctl computes the same from what it unpacked.
 */
export function sourceDigest(source: string, files: readonly string[]): string {
  const whole = createHash("sha256");
  for (const path of files) {
    const absolute = join(source, path);
    const executable = (statSync(absolute).mode & 0o100) !== 0 ? "x" : "-";
    const content = createHash("sha256").update(readFileSync(absolute)).digest("hex");
    whole.update(`${executable} ${content} ${path}\n`);
  }
  return whole.digest("hex").slice(0, 16);
}
