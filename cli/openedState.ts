import { signature } from "./review/deployed";

/** The mark of a secret that the engine opened. */
const isSecret = "1b47061264138c4ac30d75fd1eb44270";

/** A value of `pulumi stack export --show-secrets`, with the secrets in it as any other value. */
export function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const { [signature]: mark, plaintext } = value as Record<string, unknown>;
  if (mark === isSecret && typeof plaintext === "string") return opened(JSON.parse(plaintext));
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, opened(of)]));
}
