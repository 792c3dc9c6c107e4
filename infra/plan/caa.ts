import type { SiteSpec } from "../config/spec";

/**
 * Names of the site that get a CAA record. One at the zone's own name holds for every name below it that has none, such as a mail server's,
 * so it must be asked for. None where another authority signs: it would be locked out. https://www.rfc-editor.org/rfc/rfc8659#section-3
 */
export function caaNames({ zone, domain, aliases, tls, acme, caa }: SiteSpec): readonly string[] {
  if (zone === "" || caa === "none" || tls !== "letsencrypt" || !new URL(acme.directory).host.endsWith(".letsencrypt.org")) return [];
  return [domain, ...aliases].filter((name) => caa === "all" || name !== zone);
}
