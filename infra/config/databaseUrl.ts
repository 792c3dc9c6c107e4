import type { Problem } from "./problems";
import { databaseUrlName } from "./secretNames";
import type { StackSpec } from "./spec";
import { targetDefaults } from "./targets";

/** Parameters that such an address may have. The host says itself how the certificate is checked, whatever `sslmode` says. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  sslmode: ["require", "verify-ca", "verify-full"],
  channel_binding: ["prefer", "require"],
};

/**
 * What is wrong with the address of somebody else's PostgreSQL, in the form of a connection URI. No problem holds anything of it but its
 * port.
 * https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function databaseUrlProblems(
  address: string,
  { target, network, stack }: Pick<StackSpec, "target" | "network" | "stack">,
): readonly Problem[] {
  const problem = (must: string): Problem => ({ at: databaseUrlName, must, hint: `run npm run secret -- ${stack} set ${databaseUrlName}` });
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const whole =
    url !== undefined &&
    /^postgres(ql)?:$/.test(url.protocol) &&
    [url.username, url.password, url.hostname].every((part) => part !== "") &&
    /^\/[^/]+$/.test(url.pathname);
  if (!whole || url.hash !== "" || /\s/.test(address))
    return [
      problem("must be postgresql://USER:PASSWORD@HOST:PORT/NAME, with what is no letter or digit in USER and PASSWORD written as %XX"),
    ];
  const strange = [...url.searchParams].filter(([name, value]) => parameters[name]?.includes(value) !== true).map(([name]) => name);
  if (strange.length > 0) {
    const allowed = Object.entries(parameters)
      .map(([name, values]) => `${name}=${values.join(" or ")}`)
      .join(", ");
    return [
      problem(
        `must have no other parameters than ${allowed}, since the connection is encrypted and its certificate checked whatever ` +
          "they say, by database.ca",
      ),
    ];
  }
  const port = Number(url.port || 5432);
  return targetDefaults[target].opensPorts || network.outbound.includes(port) || port === 80 || port === 443
    ? []
    : [
        {
          at: "network.outbound",
          must: `must have ${port}, the port of ${databaseUrlName}, since ${target} closes the others`,
          got: network.outbound,
          hint: `write outbound: ${JSON.stringify([...network.outbound, port])}`,
        },
      ];
}

/**
 * The address as the host uses it: over TLS alone, with the certificate's signer and its name checked. `ca`: path of the signers'
 * certificates.
 */
export function checkedDatabaseUrl(address: string, ca: string): string {
  const [place = "", query = ""] = address.split("?");
  const rest = query.split("&").filter((word) => word !== "" && !word.startsWith("sslmode="));
  return `${place.replace(/^postgres:/, "postgresql:")}?${[...rest, "sslmode=verify-full", `sslrootcert=${ca}`].join("&")}`;
}
