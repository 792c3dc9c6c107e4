import { createHmac } from "node:crypto";

import type { StackFile } from "../../infra/config/stackFile";

/**
 * What tells a secret from another one without its passphrase, by key: eight hex digits of an HMAC-SHA-256 over its encrypted text, keyed
 * with the salt of the stack. That text holds a random nonce, so no guess at the value can be tested against it. Setting the same value
 * again encrypts it anew and shows as a change, too.
 */
export function secretHashes({ secrets, opener }: Pick<StackFile, "secrets" | "opener">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, text]) => [
      name,
      createHmac("sha256", opener.salt).update(`${name} ${text}`).digest("hex").slice(0, 8),
    ]),
  );
}
