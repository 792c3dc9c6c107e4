import { createHmac } from "node:crypto";
import { parse } from "yaml";

interface StackFile {
  /** Values by key, without the project's name before it and without secrets; shape as infra/config/load.ts makes it. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** Of the secrets, by key: see {@link readStackFile}. */
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * Reads Pulumi.STACK.yaml without its passphrase. A secret is known by eight hex digits of an HMAC-SHA-256 over its encrypted text, keyed
 * with the stack's salt: the text holds a random nonce, so no guess at the value can be tested against the hash. Setting the same
 * value again encrypts it anew and shows as a change, too.
 */
export function readStackFile(text: string): StackFile {
  const file = (parse(text) ?? {}) as { config?: Record<string, unknown>; encryptionsalt?: string; encryptedkey?: string };
  const salt = file.encryptionsalt ?? file.encryptedkey ?? "";
  const raw: Record<string, unknown> = {};
  const hashes: Record<string, string> = {};
  for (const [key, value] of Object.entries(file.config ?? {})) {
    if (!key.startsWith("webstack:")) continue;
    const name = key.slice("webstack:".length);
    const secure = (value as { secure?: unknown } | null)?.secure;
    if (typeof secure === "string") hashes[name] = createHmac("sha256", salt).update(`${name} ${secure}`).digest("hex").slice(0, 8);
    else raw[name] = sorted(value);
  }
  return { raw, hashes };
}

/** Mappings as the engine hands them to the program: it writes them as JSON from a map of Go, whose keys are sorted. https://pkg.go.dev/encoding/json#Marshal */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, of]) => [key, sorted(of)]));
}
