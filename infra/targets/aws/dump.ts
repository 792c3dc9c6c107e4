import { ComputeEnvironment, JobDefinition, JobQueue } from "@pulumi/aws/batch";
import type { LogGroup } from "@pulumi/aws/cloudwatch";
import { SecurityGroup } from "@pulumi/aws/ec2";
import { Role, RolePolicy } from "@pulumi/aws/iam";
import { Schedule } from "@pulumi/aws/scheduler";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc";
import * as pulumi from "@pulumi/pulumi";
import { debians } from "../../config/catalog/debian";
import { databaseClientPackage } from "../../host/features/databaseClient";
import { render } from "../../host/render";
import { databasePort } from "../../plan/endpoints";
import { physicalName } from "../../plan/names";
import { prefixes, type Storage } from "./backup";
import { regionCa, type RdsDatabase } from "./database";
import { diskGiB } from "./dumpDisk";
import { allowDatabase, allowOut, everywhere, type Firewall } from "./firewall";
import type { Network } from "./network";
import { anyTrust, readSecret, serviceTrust, submitJob, writeDumps } from "./policies";
import { named, type Scope } from "./scope";

export interface Dump {
  readonly queueArn: pulumi.Output<string>;
}

/** What is dumped, where it goes, and what the job is made in. */
export interface DumpArgs {
  readonly network: Network;
  readonly firewall: Firewall;
  readonly database: RdsDatabase;
  readonly storage: Storage;
  readonly logs: LogGroup;
}

/**
 * A dump of the database once a day by AWS Batch, which works when the host does not. Kept beside the host's backups, not instead of them.
 */
export function awsDump(scope: Scope, { network, firewall, database, storage, logs }: DumpArgs): Dump {
  const { plan, options, account } = scope;
  const { spec } = plan;
  const name = physicalName("schedule", spec.project, spec.stack, "dump");
  if (spec.database.kind !== "managed" || spec.backup.batch === null || firewall.database === null)
    throw new Error("there is nothing to dump");
  const { engine } = spec.database;
  const { debian } = spec.host;
  const port = databasePort(plan);

  const group = new SecurityGroup(
    "dump-firewall",
    { vpcId: network.vpc.id, description: "the job that dumps the database", tags: named(scope, "dump") },
    options,
  );
  new SecurityGroupIngressRule(
    "database-dump",
    {
      securityGroupId: firewall.database.id,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      referencedSecurityGroupId: group.id,
      description: "daily dump",
    },
    options,
  );
  allowOut(scope, "dump", group, everywhere);
  allowDatabase(scope, "dump", group, firewall.database);

  const role = (name: string, assumeRolePolicy: pulumi.Output<string>, policy: pulumi.Output<string>) => {
    const made = new Role(`${name}-role`, { assumeRolePolicy, tags: named(scope, name) }, options);
    return { arn: made.arn, may: new RolePolicy(`${name}-rights`, { role: made.id, policy }, options) };
  };
  const starter = role("dump-start", anyTrust("ecs-tasks.amazonaws.com"), readSecret(database.appSecret, logs.arn));
  const worker = role("dump-job", serviceTrust("ecs-tasks.amazonaws.com", account), writeDumps(storage.bucketArn, prefixes.dumps));

  // A public address and no way in: without one a job would need a NAT gateway, which costs more in a day than the job in a year.
  const environment = new ComputeEnvironment(
    "dump-environment",
    {
      type: "MANAGED",
      computeResources: { type: "FARGATE", maxVcpus: 1, subnets: network.publicSubnets.map(({ id }) => id), securityGroupIds: [group.id] },
      tags: named(scope, "dump"),
    },
    { ...options, dependsOn: network.ready },
  );
  const queue = new JobQueue(
    "dump-queue",
    {
      state: "ENABLED",
      priority: 1,
      computeEnvironmentOrders: [{ order: 1, computeEnvironment: environment.arn }],
      tags: named(scope, "dump"),
    },
    options,
  );
  const secret = (key: string) => pulumi.interpolate`${database.appSecret}:${key}::`;
  const definition = new JobDefinition(
    "dump-definition",
    {
      type: "container",
      platformCapabilities: ["FARGATE"],
      retryStrategy: { attempts: 2 },
      timeout: { attemptDurationSeconds: 4 * 3600 },
      containerProperties: pulumi.jsonStringify({
        // Debian, whose packages of the clients are those that hosts have.
        image: `public.ecr.aws/docker/library/debian@${debians[debian].container}`,
        command: ["bash", "-c", render(`bin/dump-${engine}`, { client: databaseClientPackage(engine, debian) })],
        executionRoleArn: starter.arn,
        jobRoleArn: worker.arn,
        resourceRequirements: [
          { type: "VCPU", value: "0.5" },
          { type: "MEMORY", value: "1024" },
        ],
        // A dump is whole on the disk before it goes to the bucket, compressed.
        ephemeralStorage: { sizeInGiB: diskGiB(spec.database.storageLimitGiB) },
        networkConfiguration: { assignPublicIp: "ENABLED" },
        environment: [
          { name: "DATABASE_HOST", value: database.address },
          { name: "DATABASE_NAME", value: spec.database.name },
          { name: "DATABASE_CA", value: regionCa(scope.region) },
          { name: "DUMPS", value: pulumi.interpolate`s3://${storage.bucketName}/${prefixes.dumps}` },
          { name: "AWS_DEFAULT_REGION", value: scope.region },
        ],
        // Read when the job starts, so it has whichever login is the app's that day.
        secrets: [
          { name: "DATABASE_USER", valueFrom: secret("username") },
          { name: "DATABASE_PASSWORD", valueFrom: secret("password") },
        ],
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": logs.name, "awslogs-region": scope.region, "awslogs-stream-prefix": "dump" },
        },
      }),
      tags: named(scope, "dump"),
    },
    { ...options, dependsOn: [starter.may, worker.may] },
  );
  const scheduler = role("dump-schedule", serviceTrust("scheduler.amazonaws.com", account), submitJob(queue.arn, definition.arn));
  new Schedule(
    "dump-daily",
    {
      name,
      scheduleExpression: `cron(0 ${spec.backup.batch.hour} * * ? *)`,
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: "arn:aws:scheduler:::aws-sdk:batch:submitJob",
        roleArn: scheduler.arn,
        input: pulumi.jsonStringify({ JobName: name, JobQueue: queue.arn, JobDefinition: definition.arn }),
      },
    },
    { ...options, dependsOn: scheduler.may },
  );
  return { queueArn: queue.arn };
}
