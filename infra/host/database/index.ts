import { versionId } from "../../config/catalog/debian";
import type { StackPlan } from "../../plan/plan";
import { commonChecks, commonFiles } from "../common";
import { firewallFile } from "../firewall";
import { hardeningUnits } from "../hardening";
import { file, type Manifest } from "../manifest";
import { databasePackages } from "../packages";
import { render, verbatim } from "../render";
import { mariadb } from "./mariadb";
import { postgres } from "./postgres";
import { databaseAddress, type DatabaseMachine, type DatabaseServer, type ManagedDatabase, serverDebian } from "./server";

/** What makes a machine a server of the engine and version that are asked for. */
export const databaseServer = ({ engine, version }: ManagedDatabase): DatabaseServer => (engine === "postgres" ? postgres(version) : mariadb);

/** The manifest of a machine that stands in for a managed database. Only its operator, at `operator`, may log in. */
export function databaseManifest(plan: StackPlan, database: ManagedDatabase, operator: string, host: DatabaseMachine = "database-0"): Manifest {
  const { spec } = plan;
  const server = databaseServer(database);
  const debian = serverDebian(database);
  const address = databaseAddress(plan, host);
  const certificate = render("database/certificate.conf", { unit: server.unit, address, user: server.user });
  return {
    version: 1,
    project: spec.project,
    stack: spec.stack,
    host,
    debian: versionId(debian),
    user: "",
    packages: databasePackages(database.engine, debian),
    plain: [],
    files: [
      ...commonFiles(spec.stack, [], debian),
      firewallFile(plan, "database", [{ to: "database", protocol: "tcp", port: 22, from: [{ kind: "cidr", cidr: operator }], why: "the rehearsal's operator" }]),
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
