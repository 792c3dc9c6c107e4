import { SecurityGroup } from "@pulumi/aws/ec2";
import { SecurityGroupEgressRule, SecurityGroupIngressRule } from "@pulumi/aws/vpc";
import { databasePort } from "../../plan/endpoints";
import type { Role } from "../../plan/plan";
import type { Network } from "./network";
import { named, type Scope } from "./scope";

export interface Firewall {
  readonly web: SecurityGroup;
  /** null where the stack has no database. */
  readonly database: SecurityGroup | null;
}

interface Way {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /**
   * AWS takes a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$* here: no apostrophe.
   * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
   */
  readonly why: string;
}

/** What any program of a stack reaches. Names are looked up at an address that security groups do not watch. */
export const everywhere: readonly Way[] = [
  { protocol: "tcp", port: 80, why: "packages of Debian" },
  { protocol: "tcp", port: 443, why: "services of the cloud, the certificate authority and what the app asks" },
];

/** Lets a group reach the Internet at these ports. */
export function allowOut(scope: Scope, name: string, group: SecurityGroup, ways: readonly Way[]): void {
  for (const { protocol, port, why } of ways) {
    new SecurityGroupEgressRule(
      `${name}-out-${port}`,
      { securityGroupId: group.id, ipProtocol: protocol, fromPort: port, toPort: port, cidrIpv4: "0.0.0.0/0", description: why },
      scope.options,
    );
  }
}

/** Lets a group reach the database. */
export function allowDatabase(scope: Scope, name: string, group: SecurityGroup, database: SecurityGroup): void {
  const port = databasePort(scope.plan);
  new SecurityGroupEgressRule(
    `${name}-out-database`,
    {
      securityGroupId: group.id,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      referencedSecurityGroupId: database.id,
      description: "the database",
    },
    scope.options,
  );
}

/** One group for each role; the plan's openings, each with its reason, and nothing else. */
export function awsFirewall(scope: Scope, network: Network): Firewall {
  const { plan, options } = scope;
  const group = (role: string, description: string) =>
    new SecurityGroup(`${role}-firewall`, { vpcId: network.vpc.id, description, tags: named(scope, role) }, options);
  const web = group("web", "machines that serve the site");
  const database = plan.database.kind !== "managed" ? null : group("database", "the database");
  const groups: Readonly<Record<Role, SecurityGroup | null>> = { web, database, backup: null };

  for (const rule of plan.firewall) {
    const to = groups[rule.to];
    if (to === null) throw new Error(`nothing stands where port ${rule.port} of ${rule.to} would be opened`);
    for (const [index, source] of rule.from.entries()) {
      const from =
        source.kind === "role"
          ? { referencedSecurityGroupId: groups[source.role]?.id ?? web.id }
          : source.cidr.includes(":")
            ? { cidrIpv6: source.cidr }
            : { cidrIpv4: source.cidr };
      new SecurityGroupIngressRule(
        // TCP is not named: another name would be another rule, and the port closed between the two.
        `${rule.to}-${rule.protocol === "tcp" ? "" : `${rule.protocol}-`}${rule.port}-${index}`,
        { securityGroupId: to.id, ipProtocol: rule.protocol, fromPort: rule.port, toPort: rule.port, description: rule.why, ...from },
        options,
      );
    }
  }
  allowOut(scope, "web", web, [
    ...everywhere,
    { protocol: "udp", port: 123, why: "the clock, which certificates and signatures depend on" },
    ...plan.spec.network.outbound.map((port) => ({ protocol: "tcp" as const, port, why: "what the app calls" })),
  ]);
  // The database opens no connection.
  if (database !== null) allowDatabase(scope, "web", web, database);
  return { web, database };
}
