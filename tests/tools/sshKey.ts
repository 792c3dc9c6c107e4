import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface KeyPair {
  /** In OpenSSH's own format. */
  readonly private: string;
  /** `ssh-ed25519 AAAA...`, with the comment where there is one. */
  readonly public: string;
}

/**
 * A new pair, as people make theirs. ssh2's own maker loses leading zeros, about once in two hundred pairs, and cannot read those itself.
 */
export function keyPair({ type = "ed25519", passphrase = "", comment = "" } = {}): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), "webstack-key-"));
  const file = join(folder, "key");
  try {
    execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", comment, "-f", file]);
    return { private: readFileSync(file, "utf8"), public: readFileSync(`${file}.pub`, "utf8").trimEnd() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
