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
export function findRelease({ source, requirements, exclude }: Pick<AppSpec, "source" | "requirements" | "exclude">): Release {
  return { digest: sourceDigest(source, sourceFiles(source, exclude)), source, requirements, exclude };
}

/** A file as a release has it. */
export interface Content {
  readonly bytes: Buffer;
  readonly executable: boolean;
}

/**
 * A script's interpreter must not end with the "\r" that git on Windows puts there, or no host finds it.
 * https://git-scm.com/docs/gitattributes#_end_of_line_conversion
 */
export function contentOf(file: string): Content {
  const [bytes, executable] = [readFileSync(file), (statSync(file).mode & 0o100) !== 0];
  const isScript = bytes[0] === 0x23 && bytes[1] === 0x21 && bytes[bytes.indexOf("\n") - 1] === 0x0d;
  return { bytes: isScript ? Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1") : bytes, executable };
}

/**
 * First 16 hex digits of the SHA-256 over one line a file: "x" when its owner may execute it, else "-"; the SHA-256 of
 * its content; its path. hostctl computes the same from what it unpacked.
 */
export function sourceDigest(source: string, files: readonly string[]): string {
  const whole = createHash("sha256");
  for (const path of files) {
    const { bytes, executable } = contentOf(join(source, path));
    whole.update(`${executable ? "x" : "-"} ${createHash("sha256").update(bytes).digest("hex")} ${path}\n`);
  }
  return whole.digest("hex").slice(0, 16);
}
