import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as tar from "tar";

import { SetUpError } from "./step";

/** An archive as it was when somebody looked at it. */
export interface Pinned {
  readonly url: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

/**
 * Downloads a tar.gz and unpacks it, without its outermost folder, into `folder`, which appears whole or not at all. Nothing of it is
 * unpacked before its checksum is right.
 *
 * @throws SetUpError when it cannot be downloaded or is another one
 */
export async function unpackPinned({ url, sha256 }: Pinned, folder: string): Promise<void> {
  const archive = await download(url);
  const got = createHash("sha256").update(archive).digest("hex");
  if (got !== sha256)
    throw new SetUpError(
      `${url}: must have the SHA-256 ${sha256}, got ${got}, ${archive.length} bytes; nothing of it was unpacked. Try again from ` +
        `another network, or install ${basename(url)} yourself`,
    );
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    const file = join(unfinished, "archive");
    writeFileSync(file, archive);
    await tar.extract({ file, cwd: unfinished, strip: 1, strict: true });
    rmSync(file);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function download(url: string): Promise<Buffer> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    const { message, cause } = error as Error;
    throw new SetUpError(`${url}: cannot be downloaded: ${cause instanceof Error ? cause.message : message}; try again`);
  }
}
