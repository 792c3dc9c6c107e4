import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sshKeyName } from "../infra/config/settings";
import { capture } from "../tools/setup/process";
import type { Pulumi } from "./pulumi";
import type { StackConfig } from "./stack";

/**
 * Gives every secret that a local stack lacks a random value, which is good enough for a rehearsal. Values travel on standard
 * input: arguments are in the process list. Result: the names that were set.
 */
export async function fillSecrets(pulumi: Pulumi, config: StackConfig): Promise<string[]> {
  const missing = config.required.filter((name) => !config.set.has(name));
  for (const name of missing) {
    const value = name === sshKeyName ? await makeSshKey(`webstack-${pulumi.stack}`) : randomBytes(32).toString("base64url");
    await pulumi.capture(["config", "set", "--secret", name], value);
  }
  return missing;
}

/** A new private key, in the form of OpenSSH. */
async function makeSshKey(comment: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "webstack-"));
  try {
    const file = join(folder, "key");
    await capture("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
    return readFileSync(file, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
