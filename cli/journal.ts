import { UsageError } from "./terminal";

/** The command that prints the last lines of a service's journal, both its slots; without a name, of nginx and everything that has an EnvironmentFile of ours. */
export function journalCommand(service: string | undefined, follow: boolean): string {
  if (service !== undefined && !/^[a-z0-9][a-z0-9-]*$/.test(service)) {
    throw new UsageError(`a service's name is made of lower-case letters, digits and dashes, got "${service}"`);
  }
  const units = service === undefined ? [] : ["-u", service, "-u", `'${service}@*'`];
  return ["sudo journalctl --no-pager --output short-iso -n 200", ...units, ...(follow ? ["-f"] : [])].join(" ");
}
