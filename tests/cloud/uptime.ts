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
 * Asks once what a check asks again and again, by way of the address that the site's name leads to; `ca` is who must have signed its certificate. That an answer of 4xx or 5xx is down is how such
 * services work; DigitalOcean's documents do not say it.
 */
export async function checked(store: Store, name: string, address: string, ca: string): Promise<Checked> {
  const check = store.all("digitalocean:index/uptimeCheck:UptimeCheck").find(({ inputs }) => String(inputs.name).endsWith(name));
  if (check === undefined) throw new Error(`there is no uptime check ${name}`);
  const url = String(check.inputs.target);
  const { status } = await ask(url, { address, ca });
  const alerts = store.all("digitalocean:index/uptimeAlert:UptimeAlert").filter(({ inputs }) => inputs.checkId === check.id && inputs.type === "down");
  const emails = alerts.flatMap(({ inputs }) => (inputs.notifications as { emails?: string[] }[]).flatMap(({ emails: to = [] }) => to));
  return { url, status, told: status < 400 ? [] : emails };
}
