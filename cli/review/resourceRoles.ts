import { networkOfMachine, replaces as ownReplaces } from "../../providers/nspawn/replaces";
import published from "./replaces.json";

/** What a resource is to the people who run the stack. */
export type Role = "host" | "database" | "backups" | "address" | "pointer" | "firewall" | "network" | "delivery" | "other";

interface Kind {
  readonly role: Role;
  /** Inputs whose change replaces the resource. */
  readonly replaces: readonly string[];
  /** The old one goes before the new one is there. */
  readonly deletesFirst: boolean;
}

const roles: Readonly<Record<string, Role>> = {
  "digitalocean:index/droplet:Droplet": "host",
  "digitalocean:index/databaseCluster:DatabaseCluster": "database",
  "digitalocean:index/databaseDb:DatabaseDb": "database",
  "digitalocean:index/spacesBucket:SpacesBucket": "backups",
  "digitalocean:index/volume:Volume": "backups",
  "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": "pointer",
  "digitalocean:index/loadBalancer:LoadBalancer": "pointer",
  "digitalocean:index/reservedIp:ReservedIp": "address",
  "digitalocean:index/firewall:Firewall": "firewall",
  "digitalocean:index/databaseFirewall:DatabaseFirewall": "firewall",
  "digitalocean:index/vpc:Vpc": "network",
  "aws:ec2/instance:Instance": "host",
  "aws:ec2/launchTemplate:LaunchTemplate": "host",
  "aws:rds/instance:Instance": "database",
  "aws:s3/bucket:Bucket": "backups",
  "aws:backup/vault:Vault": "backups",
  "aws:ec2/eipAssociation:EipAssociation": "pointer",
  "aws:lb/loadBalancer:LoadBalancer": "pointer",
  "aws:ec2/securityGroup:SecurityGroup": "firewall",
  "aws:ec2/vpc:Vpc": "network",
  "nspawn:index:Firewall": "firewall",
  "nspawn:index:Network": "network",
};

/** Machines of our own are told by what their names say they are. */
function machineRole(name: string): Role {
  if (name.startsWith("database-")) return "database";
  return name.startsWith("backup-") ? "backups" : "host";
}

/** Of the addresses on AWS the world knows the site's alone: that of a machine goes with it, that of a NAT gateway is nobody's. */
function roleOf(type: string, name: string): Role {
  if (type === "aws:ec2/eip:Eip") return name === "site-address" ? "address" : "other";
  return roles[type] ?? "other";
}

/**
 * What is known of a type. Which inputs replace comes, for the clouds, from replaces.json: `ForceNew` of the providers' sources, see
 * https://github.com/digitalocean/terraform-provider-digitalocean/tree/v2.99.1/digitalocean and
 * https://github.com/hashicorp/terraform-provider-aws/tree/v6.49.0/internal/service
 */
export function kindOf(type: string, name: string): Kind {
  const own = /^nspawn:index:(\w+)$/.exec(type)?.[1] as keyof typeof ownReplaces | undefined;
  if (own !== undefined) {
    const role = own === "Machine" ? machineRole(name) : (roles[type] ?? "other");
    return { role, replaces: own === "Machine" ? [...ownReplaces.Machine, ...networkOfMachine] : ownReplaces[own], deletesFirst: true };
  }
  const role = type.startsWith("command:") ? "delivery" : roleOf(type, name);
  return { role, replaces: (published as Readonly<Record<string, readonly string[]>>)[type] ?? [], deletesFirst: false };
}

/** Whether anything is known of the type: a change of one that is not may replace it. */
export const isKnownType = (type: string): boolean =>
  type.startsWith("nspawn:") || type.startsWith("command:") || Object.hasOwn(published, type);

const reasons: Readonly<Record<string, string>> = {
  userData: "it is read at the first boot alone",
  image: "a machine keeps the image it was made from",
  ami: "a machine keeps the image it was made from",
  suite: "a machine keeps the Debian release it was made from",
  region: "nothing moves between regions",
  availabilityZone: "nothing moves between zones",
  address: "the address is given at the first boot",
  privateIp: "the address is given when it is made",
  range: "the addresses in it are given when it is made",
  ipRange: "the addresses in it are given when it is made",
  name: "the name is its identity",
  identifier: "the name is its identity",
  engine: "another engine is another database",
  vpcUuid: "nothing moves between networks",
  privateNetworkUuid: "nothing moves between networks",
  bridge: "it belongs to its network",
  gateway: "it belongs to its network",
};

/** Why a change of that input replaces a resource. */
export const reasonOf = (input: string): string => reasons[input] ?? "the provider cannot change it on a living resource";
