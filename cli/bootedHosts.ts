import { opened } from "./openedState";
import type { HostOutput } from "./stack";

interface Resource {
  readonly urn: string;
  readonly inputs?: unknown;
}

/**
 * Hosts that run the app and have booted, by `pulumi stack export --show-secrets`: of a stack whose first `up` failed no output names them
 * yet. infra/targets/delivery.ts waits for their boot.
 */
export function bootedHosts(exported: string): readonly HostOutput[] {
  const { deployment } = JSON.parse(exported) as { deployment?: { resources?: readonly Resource[] } | null };
  return (deployment?.resources ?? []).flatMap(({ urn, inputs = {} }) => {
    const name = /::(web-\d+)-boot$/.exec(urn)?.[1];
    const { connection } = opened(inputs) as { connection?: { host?: unknown; user?: unknown; hostKey?: unknown } };
    const { host: address, user, hostKey } = connection ?? {};
    return name !== undefined && typeof address === "string" && typeof user === "string" && typeof hostKey === "string"
      ? [{ name, address, user, hostKey }]
      : [];
  });
}
