import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../../infra/config/load";
import type { StackSpec } from "../../infra/config/spec";
import { renderHosts } from "../../infra/host";
import { toOutputs } from "../../infra/outputs";
import { planStack } from "../../infra/plan";
import { aws } from "../../infra/targets/aws";
import { expectRendered, recordGraph, type Graph } from "./graph";

/** Words that are secret, and found nowhere in clear. */
export const markers = { app: "app-marker", key: "key-marker", backup: "backup-marker" } as const;

export const accountId = "123456789012";

/** Outputs that AWS adds to what was asked for, as far as the program reads them. */
export function stateOf(type: string, name: string, inputs: Readonly<Record<string, unknown>>, region: string): Record<string, unknown> {
  const arn = (service: string, what: string) => ({ arn: `arn:aws:${service}:${String(inputs["region"] ?? region)}:${accountId}:${what}` });
  switch (type.split(":").slice(1).join(":")) {
    case "ec2/instance:Instance":
      return arn("ec2", `instance/${name}`);
    case "ec2/networkInterface:NetworkInterface":
      return { privateIp: "10.20.0.11", privateIps: ["10.20.0.12", "10.20.0.11"] };
    case "ec2/eip:Eip":
      return { publicIp: name === "site-address" ? "192.0.2.1" : "198.51.100.10", allocationId: `eipalloc-${name}` };
    case "rds/instance:Instance":
      return {
        ...arn("rds", `db:${String(inputs["identifier"])}`),
        address: `${String(inputs["identifier"])}.abc.${region}.rds.amazonaws.com`,
        masterUserSecrets: [{ ...{ secretArn: arn("secretsmanager", "secret:rds!db-1").arn }, secretStatus: "active", kmsKeyId: "" }],
      };
    case "rds/subnetGroup:SubnetGroup":
    case "rds/parameterGroup:ParameterGroup":
    case "cloudwatch/eventRule:EventRule":
      return { name: `${name}-1234567` };
    case "secretsmanager/secret:Secret":
      return arn("secretsmanager", `secret:${String(inputs["namePrefix"])}1234`);
    case "s3/bucket:Bucket":
      return { bucket: `${String(inputs["bucketPrefix"])}1234`, arn: `arn:aws:s3:::${String(inputs["bucketPrefix"])}1234` };
    case "iam/role:Role":
      return { arn: `arn:aws:iam::${accountId}:role/${name}`, name: `${name}-1234567` };
    case "iam/instanceProfile:InstanceProfile":
      return { name: `${name}-1234567` };
    case "backup/vault:Vault":
      return arn("backup", `backup-vault:${String(inputs["name"])}`);
    case "cloudwatch/logGroup:LogGroup":
      return arn("logs", `log-group:${String(inputs["name"])}`);
    case "sns/topic:Topic":
      return arn("sns", String(inputs["name"]));
    case "batch/jobQueue:JobQueue":
      return arn("batch", `job-queue/${name}`);
    case "batch/jobDefinition:JobDefinition":
      return arn("batch", `job-definition/${name}:1`);
    case "batch/computeEnvironment:ComputeEnvironment":
      return arn("batch", `compute-environment/${name}`);
    case "remote:Command":
    case "local:Command":
      return {
        stdout: name.endsWith("-host-key")
          ? "ssh-ed25519 AAAA"
          : name.endsWith("-handover")
            ? '{"from":null,"known":[]}'
            : name.endsWith("-final-snapshot")
              ? "0a1b2c3d"
              : "",
      };
    default:
      return {};
  }
}

/** What AWS answers when it is asked, and the engine when it is asked for the outputs of the last `up`. */
export function answer(token: string, outputs: object = {}): Record<string, unknown> {
  if (token.endsWith(":getCallerIdentity")) return { accountId };
  if (token.endsWith(":getAmi")) return { id: "ami-0123456789abcdef0" };
  if (token.endsWith(":getZone")) return { zoneId: "Z123" };
  if (token === "pulumi:pulumi:readStackOutputs") return { outputs };
  throw new Error(`nothing answers ${token}`);
}

/** What the program asks of AWS for a description; `outputs` are those of the last up. */
export async function graphOf(
  spec: StackSpec,
  digest = "00112233aabbccdd",
  outputs: Readonly<Record<string, unknown>> = {},
): Promise<Graph> {
  const secrets: Secrets = {
    env: Object.fromEntries(spec.secrets.map((name) => [name, pulumi.secret(markers.app)])),
    sshPrivateKey: pulumi.secret(markers.key),
    sshPublicKey: "ssh-ed25519 PUBLIC",
    backupPassword: pulumi.secret(markers.backup),
    monitoring: {},
  };
  const plan = planStack(spec);
  const release = { digest, source: "app", requirements: "requirements.txt", exclude: [] };
  const files = renderHosts(plan, digest);
  const graph = await recordGraph({
    stack: spec.stack,
    state: (type, name, inputs) => stateOf(type, name, inputs, spec.host.region),
    call: (token) => answer(token, outputs),
    program: () => toOutputs(aws.build(plan, files, release, secrets)),
  });
  expectRendered(graph, files);
  return graph;
}
