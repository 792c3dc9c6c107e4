import { ask } from "../machines/http";
import type { Store } from "./store";

/** What DigitalOcean's uptime service finds when it asks the target of a check, and who would be told. */
export interface Checked {
  readonly url: string;
  readonly status: number;
  /** Receivers of the check's alert of type "down", if this answer lasts for its period. */
  readonly told: readonly string[];
}

/**
 * The check whose name ends so: what it asks for, and whom its alert tells of an answer. That one of 4xx or 5xx is down is how such
 * services work; DigitalOcean's documents do not say it.
 * @throws when the cloud has no such check
 */
export function uptimeCheck(store: Store, name: string): { readonly url: string; readonly told: (status: number) => readonly string[] } {
  const check = store.all("digitalocean:index/uptimeCheck:UptimeCheck").find(({ inputs }) => String(inputs.name).endsWith(name));
  if (check === undefined) throw new Error(`there is no uptime check ${name}`);
  const alerts = store
    .all("digitalocean:index/uptimeAlert:UptimeAlert")
    .filter(({ inputs }) => inputs.checkId === check.id && inputs.type === "down");
  const emails = alerts.flatMap(({ inputs }) => (inputs.notifications as { emails?: string[] }[]).flatMap(({ emails: to = [] }) => to));
  return { url: String(check.inputs.target), told: (status) => (status < 400 ? [] : emails) };
}

/**
 * Asks once what a check asks again and again, by way of the address that the site's name leads to; `ca` is who must have signed its
 * certificate.
 */
export async function checked(store: Store, name: string, address: string, ca: string): Promise<Checked> {
  const { url, told } = uptimeCheck(store, name);
  const { status } = await ask(url, { address, ca });
  return { url, status, told: told(status) };
}
