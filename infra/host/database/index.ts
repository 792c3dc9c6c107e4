import { versionId } from "../../config/catalog/debian";
import type { ManagedDatabase } from "../../config/spec";
import { chosenAddress } from "../../plan/addresses";
import { serverVersion } from "../../plan/databaseServer";
import type { HostPlan, StackPlan } from "../../plan/plan";
import { commonChecks, commonFiles } from "../common";
import { firewallFile } from "../firewall";
import { hardeningUnits } from "../hardening";
import { file, type Manifest } from "../manifest";
import { databasePackages } from "../packages";
import { render, verbatim } from "../render";
import { mariadb } from "./mariadb";
import { postgres } from "./postgres";
import type { DatabaseServer } from "./server";

/** What makes a machine a server of the engine and version that are asked for. */
export const databaseServer = ({ engine }: Pick<ManagedDatabase, "engine">, { debian }: HostPlan): DatabaseServer => (engine === "postgres" ? postgres(serverVersion(engine, debian)) : mariadb);

/** The manifest of a machine that stands in for a managed database. */
export function databaseManifest(plan: StackPlan, host: HostPlan): Manifest {
  const { spec, database } = plan;
  if (database.kind !== "managed") throw new Error(`${host.name}: the stack has no database of its own`);
  const { debian } = host;
  const server = databaseServer(database, host);
  const address = chosenAddress(host);
  const certificate = render("database/certificate.conf", { unit: server.unit, address, user: server.user });
  return {
    version: 1,
    project: spec.project,
    stack: spec.stack,
    host: host.name,
    debian: versionId(debian),
    user: "",
    packages: databasePackages(database.engine, debian),
    plain: [],
    files: [
      ...commonFiles(spec.stack, [], debian),
      firewallFile(plan, "database"),
      file("/usr/local/lib/webstack/database-certificate", verbatim("database/certificate.sh"), { mode: "0755" }),
      file("/usr/local/lib/webstack/database-role", verbatim(`${server.folder}/role.sh`), { mode: "0755" }),
      file(`/etc/systemd/system/${server.unit}.d/webstack.conf`, certificate),
      ...server.files(plan, database, address),
    ],
    checks: [...commonChecks, { below: "/etc/nftables.conf", command: ["/usr/sbin/nft", "--check", "--file", "/etc/nftables.conf"] }],
    units: ["nftables.service", ...hardeningUnits, server.unit],
    services: [],
    release: null,
  };
}
