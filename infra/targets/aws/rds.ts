import { LogGroup } from "@pulumi/aws/cloudwatch";
import { Instance, type InstanceArgs, ParameterGroup, type SubnetGroup } from "@pulumi/aws/rds";
import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { databases, parameterFamily } from "../../config/catalog/aws";
import type { DatabaseSpec } from "../../config/spec";
import { databasePort } from "../../plan/endpoints";
import type { Firewall } from "./firewall";
import { replacedByTag, resourceName } from "./move";
import { named, type PartScope } from "./scope";

type ManagedPlan = Extract<DatabaseSpec, { kind: "managed" }>;

/** What all databases of a stack have in common. */
export interface Shared {
  readonly scope: PartScope;
  readonly database: ManagedPlan;
  readonly subnets: SubnetGroup;
  readonly firewall: Firewall;
}

const settings = {
  // TLS or nothing; the word for it is the engine's own.
  postgres: [
    { name: "rds.force_ssl", value: "1" },
    { name: "log_connections", value: "1" },
    { name: "log_disconnections", value: "1" },
  ],
  mysql: [
    { name: "require_secure_transport", value: "1" },
    // RDS keeps a binary log for its backups, and without this an app that is no superuser makes neither triggers nor functions:
    // error 1419. https://dev.mysql.com/doc/refman/8.4/en/stored-programs-logging.html
    { name: "log_bin_trust_function_creators", value: "1" },
  ],
} as const;

/** Logs that RDS keeps in CloudWatch, by its names of them. */
const logged = { postgres: ["postgresql", "upgrade"], mysql: ["error"] } as const;

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

/** The database that the site is to be at. `allowed` is its identifier, once nothing speaks against it. */
export function wantedInstance(shared: Shared, identifier: string, allowed: pulumi.Input<string>): Instance {
  const { kept } = shared.scope;
  const parts = partsOf(shared, identifier);
  return new Instance(
    parts.resource,
    { ...parts.args, identifier: allowed, ...origin(shared.database), deletionProtection: kept.protect },
    { ...kept, ...parts.options },
  );
}

/**
 * A database that the site has left, for `to`, once that is so, which is when `moved` is there: it loses its protection and is otherwise as
 * it was, whatever the description says by now.
 */
export function leavingInstance(shared: Shared, identifier: string, to: string, moved: pulumi.Resource): Instance {
  // Neither is its group: another family would replace it, and RDS deletes none that has a member.
  // https://github.com/hashicorp/terraform-provider-aws/issues/6448
  const { resource, args, options, logs } = partsOf(shared, identifier, { ignoreChanges: ["family", "description", "parameters"] });
  const may = { deletionProtection: false, tags: { ...args.tags, [replacedByTag]: to } };
  const ignoreChanges = ["identifier", "dbName", "username", "snapshotIdentifier", "restoreToPointInTime", ...Object.keys(args)].filter(
    (name) => !Object.hasOwn(may, name),
  );
  return new Instance(
    resource,
    { ...args, ...may, identifier },
    { ...shared.scope.options, ...options, dependsOn: [...logs, moved], ignoreChanges },
  );
}

/**
 * What an instance has for itself: parameters, log groups, and the name of the snapshot that it ends with. `group`: options of its
 * parameters.
 */
function partsOf({ scope, database, subnets, firewall }: Shared, identifier: string, group: pulumi.CustomResourceOptions = {}) {
  const { plan, options, prefix } = scope;
  const { spec } = plan;
  const { engine } = database;
  const type = databases[database.size];
  if (type === undefined || firewall.database === null) throw new Error(`database class ${database.size} is not in the catalog`);
  const resource = resourceName(spec.project, spec.stack, identifier);
  const when = windows(database.maintenance);
  const insights = type.insights.includes(engine);
  const parameters = new ParameterGroup(
    `${resource}-parameters`,
    {
      family: parameterFamily(engine, database.version),
      description: `${prefix}: connections with TLS alone`,
      parameters: settings[engine].map((parameter) => ({ ...parameter, applyMethod: "immediate" })),
      tags: named(scope, "database"),
    },
    { ...options, ...group },
  );
  // RDS would otherwise make them itself, without an end of what they keep.
  const logs = logged[engine].map(
    (what) =>
      new LogGroup(
        `${resource}-${what}-logs`,
        { name: `/aws/rds/instance/${identifier}/${what}`, retentionInDays: 30, tags: named(scope, `database-${what}-logs`) },
        options,
      ),
  );
  // Made up once for each instance and kept in the state: under a name that a snapshot has already, RDS deletes nothing.
  const ending = new local.Command(
    `${resource}-final-snapshot`,
    { create: "od -An -N4 -tx1 /dev/urandom | tr -d ' \\n'", addPreviousOutputInEnv: false },
    scope.part.child,
  );
  const args = {
    engine,
    // The major version alone: RDS takes minor ones by itself, in its window. Another major one is meant where it is written, and RDS wants
    // to hear that.
    engineVersion: database.version,
    autoMinorVersionUpgrade: true,
    allowMajorVersionUpgrade: true,
    // Free updates end with the engine's own support, and then RDS must not begin to charge for more of them.
    engineLifecycleSupport: "open-source-rds-extended-support-disabled",
    instanceClass: database.size,
    storageType: "gp3",
    allocatedStorage: database.storageGiB,
    ...(database.storageLimitGiB > database.storageGiB ? { maxAllocatedStorage: database.storageLimitGiB } : {}),
    storageEncrypted: true,
    manageMasterUserPassword: true,
    dbSubnetGroupName: subnets.name,
    vpcSecurityGroupIds: [firewall.database.id],
    publiclyAccessible: false,
    port: databasePort(scope.plan),
    parameterGroupName: parameters.name,
    multiAz: database.standby,
    backupRetentionPeriod: database.keepDays,
    backupWindow: when.backup,
    maintenanceWindow: when.maintenance,
    copyTagsToSnapshot: true,
    // They end by themselves, and until then a deletion can be taken back to any of their moments.
    deleteAutomatedBackups: false,
    skipFinalSnapshot: false,
    finalSnapshotIdentifier: ending.stdout.apply((random) => `${identifier}-final-${random}`),
    performanceInsightsEnabled: insights,
    // Seven days are free.
    ...(insights ? { performanceInsightsRetentionPeriod: 7, databaseInsightsMode: "standard" } : {}),
    enabledCloudwatchLogsExports: [...logged[engine]],
    caCertIdentifier: "rds-ca-rsa2048-g1",
    applyImmediately: true,
    tags: named(scope, "database"),
  } satisfies InstanceArgs;
  return { resource, args, logs, options: { dependsOn: logs, customTimeouts: { create: "60m", update: "80m", delete: "60m" } } };
}

/** What a database begins with: nothing, a snapshot, or another database's state at a moment. */
function origin({ restore, name }: ManagedPlan) {
  if (restore === null) return { dbName: name, username: "webstack_admin" };
  if (restore.at === "") return { snapshotIdentifier: restore.from };
  return { restoreToPointInTime: { sourceDbInstanceIdentifier: restore.from, restoreTime: restore.at } };
}
