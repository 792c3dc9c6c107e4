/**
 * Text that stands for a value which a review does not have: `⟨output web-0.hostKey⟩`, `⟨secret STRIPE_API_KEY 1a2b3c4d⟩`. The brackets
 * occur in no file of ours.
 */
export const placeholder = (kind: "output" | "secret" | "public key of", ...words: readonly string[]): string =>
  `⟨${[kind, ...words].join(" ")}⟩`;

export const isUnknown = (text: string): boolean => text.includes("⟨");
