import { SecurityGroup } from "@pulumi/aws/ec2";
import { SecurityGroupEgressRule, SecurityGroupIngressRule } from "@pulumi/aws/vpc";
import type { FirewallRule } from "../../plan/plan";
import type { Network } from "./network";
import { named, type Scope } from "./scope";

export interface Firewall {
  readonly web: SecurityGroup;
  /** null where the stack has no database. */
  readonly database: SecurityGroup | null;
}

/** One group for each role; the plan's openings, each with its reason, and nothing else. */
export function awsFirewall(scope: Scope, network: Network): Firewall {
  const { plan, options } = scope;
  const group = (role: string, description: string) => new SecurityGroup(`${role}-firewall`, { vpcId: network.vpc.id, description, tags: named(scope, role) }, options);
  const web = group("web", "machines that serve the site");
  const database = plan.database.kind === "none" ? null : group("database", "the database");
  const groups: Readonly<Record<FirewallRule["to"], SecurityGroup | null>> = { web, database, backup: null };

  for (const rule of plan.firewall) {
    const to = groups[rule.to];
    if (to === null) throw new Error(`nothing stands where port ${rule.port} of ${rule.to} would be opened`);
    for (const [index, source] of rule.from.entries()) {
      const from = source.kind === "role" ? { referencedSecurityGroupId: groups[source.role]?.id ?? web.id } : source.cidr.includes(":") ? { cidrIpv6: source.cidr } : { cidrIpv4: source.cidr };
      new SecurityGroupIngressRule(
        `${rule.to}-${rule.port}-${index}`,
        { securityGroupId: to.id, ipProtocol: "tcp", fromPort: rule.port, toPort: rule.port, description: rule.why, ...from },
        options,
      );
    }
  }
  // Packages, certificates, backups and the outside services of the app are anywhere. The database opens no connection.
  new SecurityGroupEgressRule("web-out", { securityGroupId: web.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", description: "packages, certificates and what the app calls" }, options);
  return { web, database };
}
