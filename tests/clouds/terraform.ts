/**
 * A recorded graph as Terraform's JSON of a plan, which linters of declarations read. Both clouds' types and inputs are Terraform's, under
 * names of Pulumi's; this undoes the renaming. https://developer.hashicorp.com/terraform/internals/json-format
 */
import type { Graph, GraphNode } from "../targets/graph";

/** Terraform's name of a type: its cloud, its service and its resource. Names that neither cloud's rule makes stand in the table. */
export function terraformType(type: string): string {
  const [cloud = "", module = "", name = ""] = type.split(":");
  const service = module.split("/")[0] ?? "";
  const own = snake(name);
  if (cloud === "digitalocean") return digitalOceanTypes[name] ?? `digitalocean_${own}`;
  return awsTypes[`${service}:${name}`] ?? (plainServices.has(service) ? `aws_${own}` : `aws_${service}_${own}`);
}

/** Services whose resources Terraform names without the service. */
const plainServices = new Set(["ec2", "vpc"]);

const awsTypes: Readonly<Record<string, string>> = {
  "rds:Instance": "aws_db_instance",
  "rds:ParameterGroup": "aws_db_parameter_group",
  "rds:SubnetGroup": "aws_db_subnet_group",
  "cloudwatch:EventRule": "aws_cloudwatch_event_rule",
  "route53:Record": "aws_route53_record",
  "budgets:Budget": "aws_budgets_budget",
  "vpc:SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
  "vpc:SecurityGroupEgressRule": "aws_vpc_security_group_egress_rule",
  "ec2:VpcEndpoint": "aws_vpc_endpoint",
};

const digitalOceanTypes: Readonly<Record<string, string>> = {
  SpacesBucket: "digitalocean_spaces_bucket",
  DnsRecord: "digitalocean_record",
};

/** Inputs that are maps of names and values in Terraform, too; every other object is a block, which Terraform has as a list of one. */
const maps = new Set([
  "tags",
  "tagsAll",
  "dimensions",
  "parameters",
  "resourceTags",
  "targetTags",
  "restoreMetadataOverrides",
  "triggers",
  "timeouts",
  "variables",
]);

const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();

/** Pulumi names a repeated block in the plural: rules for rule, ingress for ingress. */
const singular = (name: string): string =>
  name.endsWith("ies") ? `${name.slice(0, -3)}y` : name.endsWith("s") && !name.endsWith("ss") ? name.slice(0, -1) : name;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Inputs by Terraform's names. */
export function terraformValues(inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => {
      if (isObject(value)) return maps.has(key) ? [snake(key), value] : [snake(key), [terraformValues(value)]];
      if (Array.isArray(value) && value.length > 0 && value.every(isObject)) return [singular(snake(key)), value.map(terraformValues)];
      return [snake(key), value];
    }),
  );
}

interface PlanResource {
  readonly address: string;
  readonly mode: "managed";
  readonly type: string;
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A resource's address in the plan: "aws_instance.web-0". */
export const addressOf = ({ type, name }: Pick<GraphNode, "type" | "name">): string =>
  `${terraformType(type)}.${name.replaceAll(".", "-")}`;

/** The plan of a graph's resources of clouds. Expressions that lead from one resource to another are what checks across resources read. */
export function terraformPlan({ nodes }: Pick<Graph, "nodes">) {
  const ours = nodes.filter(({ type }) => /^(aws|digitalocean):/.test(type));
  const resources = ours.map((node): PlanResource => ({
    address: addressOf(node),
    mode: "managed",
    type: terraformType(node.type),
    name: node.name.replaceAll(".", "-"),
    values: terraformValues(node.inputs),
  }));
  const configured = ours.map((node) => ({
    address: addressOf(node),
    mode: "managed",
    type: terraformType(node.type),
    name: node.name.replaceAll(".", "-"),
    expressions: expressions(node, ours),
  }));
  return {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: { root_module: { resources } },
    resource_changes: resources.map(({ address, mode, type, name, values }) => ({
      address,
      mode,
      type,
      name,
      change: { actions: ["create"], before: null, after: values, after_unknown: {} },
    })),
    configuration: { root_module: { resources: configured } },
  };
}

/** For each input that holds something of another resource's: that resource. */
function expressions(node: GraphNode, all: readonly GraphNode[]): Record<string, unknown> {
  const known = all.filter(({ name }) => node.dependencies.includes(name));
  const found = Object.entries(node.inputs).flatMap(([key, value]) => {
    const said = [value].flat();
    const references = known.filter(({ outputs }) => Object.values(outputs).some((output) => said.includes(output))).map(addressOf);
    return references.length === 0
      ? []
      : [[snake(key), { references: references.flatMap((address) => [`${address}.id`, address]) }] as const];
  });
  return Object.fromEntries(found);
}
