import type { DatabasePlan, FirewallRule, StackPlan } from "../plan/plan";
import { commonChecks, commonFiles } from "./common";
import { firewallFile } from "./firewall";
import { file, type Manifest, type ManifestAction } from "./manifest";
import { databasePackages } from "./packages";
import { render, verbatim } from "./render";

type ManagedDatabase = Extract<DatabasePlan, { kind: "managed" }>;

/** PostgreSQL keeps three connections for its superuser, beside the app's. */
const superuserConnections = 3;

/** The manifest of a machine that stands in for a managed database. Only its operator, at `operator`, may log in. */
export function databaseManifest(plan: StackPlan, database: ManagedDatabase, operator: string): Manifest {
  const { spec } = plan;
  const restart: readonly ManifestAction[] = [{ verb: "restart", unit: "postgresql@15-main.service" }];
  const login: FirewallRule = { to: "database", port: 22, from: [{ kind: "cidr", cidr: operator }], why: "the rehearsal's operator" };
  return {
    version: 1,
    project: spec.project,
    stack: spec.stack,
    host: "database-0",
    user: "",
    packages: databasePackages(),
    files: [
      ...commonFiles([]),
      firewallFile(plan, "database", [login]),
      file("/usr/local/lib/webstack/database-certificate", verbatim("postgres/certificate.sh"), { mode: "0755" }),
      file("/usr/local/lib/webstack/database-role", verbatim("postgres/role.sh"), { mode: "0755" }),
      file(
        "/etc/systemd/system/postgresql@15-main.service.d/webstack.conf",
        render("postgres/certificate.conf", { address: database.privateAddress }),
      ),
      file(
        "/etc/postgresql/15/main/conf.d/webstack.conf",
        render("postgres/postgresql.conf", {
          address: database.privateAddress,
          maxConnections: database.connections + superuserConnections,
          sharedBuffersMiB: Math.floor(database.memoryMiB / 4),
        }),
        { onChange: restart },
      ),
      file(
        "/etc/postgresql/15/main/pg_hba.conf",
        plan.hosts.map((host) => render("postgres/pg_hba.conf", { database: database.name, user: database.user, address: host.privateAddress })).join("\n"),
        { owner: "postgres", group: "postgres", mode: "0640", onChange: restart },
      ),
    ],
    checks: [...commonChecks, { below: "/etc/nftables.conf", command: ["/usr/sbin/nft", "--check", "--file", "/etc/nftables.conf"] }],
    units: ["nftables.service", "postgresql@15-main.service"],
    services: [],
    release: null,
  };
}
