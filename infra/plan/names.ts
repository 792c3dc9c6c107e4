import { createHash } from "node:crypto";

/** Longest names that each kind of thing may have, with the rule's source. */
const limits = {
  /** A host name is a DNS label: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.1 */
  host: 63,
  /** Linux interface names are 15 bytes, which the provider deals with; this is the network's own name. */
  network: 63,
  /** Clusters: https://docs.digitalocean.com/products/databases/postgresql/how-to/create/ and RDS: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
  database: 63,
} as const;

/**
 * The name people see on a machine or in a console: parts joined by "-". Over the limit it is cut and ends in five
 * characters of a hash of the whole, so that two long names stay two.
 */
export function physicalName(kind: keyof typeof limits, ...parts: readonly string[]): string {
  const whole = parts.join("-");
  const limit = limits[kind];
  if (whole.length <= limit) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 5);
  return `${whole.slice(0, limit - 6)}-${hash}`;
}
