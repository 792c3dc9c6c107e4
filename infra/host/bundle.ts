import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "./manifest";

const receiver = join(__dirname, "..", "..", "hostctl", "standalone", "receive.py");

/** A manifest as the one file a host receives: a Python program that carries it, see hostctl/README.md. */
export interface Bundle {
  readonly text: string;
  /** First 16 hex digits of the SHA-256 of `text`. */
  readonly digest: string;
}

/** Packs a manifest. JSON has no line breaks, so that one comment line holds it. */
export function packBundle(manifest: Manifest): Bundle {
  const text = `${readFileSync(receiver, "utf8")}# BUNDLE ${JSON.stringify(manifest)}\n`;
  return { text, digest: createHash("sha256").update(text).digest("hex").slice(0, 16) };
}
