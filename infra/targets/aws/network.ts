import { LogGroup } from "@pulumi/aws/cloudwatch";
import {
  DefaultSecurityGroup,
  Eip,
  FlowLog,
  InternetGateway,
  NatGateway,
  Route,
  RouteTable,
  RouteTableAssociation,
  Subnet,
  Vpc,
  VpcEndpoint,
} from "@pulumi/aws/ec2";
import { Role, RolePolicy } from "@pulumi/aws/iam";
import type { Output } from "@pulumi/pulumi";
import { addressIn } from "../../plan/addresses";
import { serviceTrust, writeLogs } from "./policies";
import { named, type Scope } from "./scope";

export interface Network {
  readonly vpc: Vpc;
  /** Of machines that the Internet reaches; one in each zone. */
  readonly publicSubnets: readonly [Subnet, Subnet];
  /** Of databases: no way out, and none in. */
  readonly privateSubnets: readonly [Subnet, Subnet];
  /** What a public subnet must have before a machine in it can be reached. */
  readonly ready: RouteTableAssociation;
}

/**
 * The four equal parts of a range: two public subnets, then two private ones. `10.20.0.0/24` gives `10.20.0.0/26`, `10.20.0.64/26` and so
 * on.
 */
export function quarters(range: string): readonly [string, string, string, string] {
  const bits = Number(range.split("/")[1]) + 2;
  const size = 2 ** (32 - bits);
  const part = (index: number) => `${addressIn(range, index * size)}/${bits}`;
  return [part(0), part(1), part(2), part(3)];
}

/** A network of its own in two zones. There is no NAT gateway unless it is asked for: it would cost more than the machine. */
export function awsNetwork(scope: Scope): Network {
  const { plan, options, zones } = scope;
  const { network } = plan.spec;
  const vpc = new Vpc(
    "network",
    { cidrBlock: network.range, enableDnsHostnames: true, enableDnsSupport: true, tags: named(scope, "network") },
    options,
  );
  // Whatever is made without a group lands in this one, which lets nothing in or out.
  new DefaultSecurityGroup("network-unused", { vpcId: vpc.id, ingress: [], egress: [], tags: named(scope, "unused") }, options);
  const [publicA, publicB, privateA, privateB] = quarters(network.range);
  const subnet = (name: string, cidrBlock: string, zone: string) =>
    new Subnet(name, { vpcId: vpc.id, cidrBlock, availabilityZone: zone, tags: named(scope, name) }, options);
  const publicSubnets = [subnet("public-0", publicA, zones[0]), subnet("public-1", publicB, zones[1])] as const;
  const privateSubnets = [subnet("private-0", privateA, zones[0]), subnet("private-1", privateB, zones[1])] as const;

  const gateway = new InternetGateway("gateway", { vpcId: vpc.id, tags: named(scope, "gateway") }, options);
  const publicRoutes = new RouteTable("public-table", { vpcId: vpc.id, tags: named(scope, "public") }, options);
  const out = new Route("public-out", { routeTableId: publicRoutes.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id }, options);
  const privateRoutes = new RouteTable("private-table", { vpcId: vpc.id, tags: named(scope, "private") }, options);
  const joined = publicSubnets.map(
    ({ id }, index) =>
      new RouteTableAssociation(`public-${index}-routes`, { subnetId: id, routeTableId: publicRoutes.id }, { ...options, dependsOn: out }),
  );
  for (const [index, { id }] of privateSubnets.entries())
    new RouteTableAssociation(`private-${index}-routes`, { subnetId: id, routeTableId: privateRoutes.id }, options);
  if (network.nat === "gateway") nat(scope, publicSubnets[0], privateRoutes, out);

  // Backups go to S3 without leaving the network, and without a price per GiB.
  new VpcEndpoint(
    "storage-endpoint",
    {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${scope.region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: [publicRoutes.id, privateRoutes.id],
      tags: named(scope, "storage"),
    },
    options,
  );
  if (network.flowLogs) flowLogs(scope, vpc.id);
  const ready = joined[0];
  if (ready === undefined) throw new Error("there is no public subnet");
  return { vpc, publicSubnets, privateSubnets, ready };
}

function nat(scope: Scope, subnet: Subnet, routes: RouteTable, out: Route): void {
  const { options } = scope;
  const address = new Eip("nat-address", { domain: "vpc", tags: named(scope, "nat") }, { ...options, dependsOn: out });
  const gateway = new NatGateway(
    "nat",
    { subnetId: subnet.id, allocationId: address.allocationId, tags: named(scope, "nat") },
    { ...options, dependsOn: out },
  );
  new Route("private-out", { routeTableId: routes.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: gateway.id }, options);
}

function flowLogs(scope: Scope, vpcId: Output<string>): void {
  const { options, prefix } = scope;
  const group = new LogGroup("flow-logs-group", { name: `/${prefix}/network`, retentionInDays: 30 }, options);
  const role = new Role(
    "flow-logs-role",
    { assumeRolePolicy: serviceTrust("vpc-flow-logs.amazonaws.com", scope.account), tags: named(scope, "flow-logs") },
    options,
  );
  const policy = new RolePolicy("flow-logs-role-policy", { role: role.id, policy: writeLogs(group.arn) }, options);
  new FlowLog(
    "flow-logs",
    {
      vpcId,
      trafficType: "ALL",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags: named(scope, "flow-logs"),
    },
    { ...options, dependsOn: policy },
  );
}
