import { createHash } from "node:crypto";
import { DatabaseCluster } from "@pulumi/digitalocean/databaseCluster";
import { DatabaseDb } from "@pulumi/digitalocean/databaseDb";
import { DatabaseFirewall } from "@pulumi/digitalocean/databaseFirewall";
import { DatabaseUser } from "@pulumi/digitalocean/databaseUser";
import { getDatabaseCaOutput } from "@pulumi/digitalocean/getDatabaseCa";
import { getDatabaseUserOutput } from "@pulumi/digitalocean/getDatabaseUser";
import type { Tag } from "@pulumi/digitalocean/tag";
import type { Vpc } from "@pulumi/digitalocean/vpc";
import * as pulumi from "@pulumi/pulumi";
import { databaseCaPath, postgresUrl } from "../../host/environment";
import { physicalName } from "../../plan/names";
import type { DatabasePlan, StackPlan } from "../../plan/plan";
import type { BuiltDatabase } from "../target";
import { isProtected } from "./protection";
import { asDigitalOceanTags } from "./tags";

type Managed = Extract<DatabasePlan, { kind: "managed" }>;

/** Of every cluster and of its pools. */
export const databasePorts = "25060-25061";

/** The database as the app sees it. */
export interface ManagedDatabase {
  readonly output: pulumi.Output<BuiltDatabase>;
  /** For the app's environment; secret. */
  readonly url: pulumi.Output<string>;
  readonly caPath: string;
  readonly ca: pulumi.Output<string>;
  readonly cluster: DatabaseCluster;
}

/**
 * A cluster in the private network that lets in the stack's hosts and nobody else. With `database.restore` it is a copy of another one, under a
 * name that follows from what it is a copy of; the stack's own first cluster stays beside it.
 */
export function managedDatabase(plan: StackPlan, database: Managed, network: Vpc, tag: Tag): ManagedDatabase {
  const { labels } = plan;
  const name = physicalName("database", labels.project, labels.stack, "database");
  if (database.restore === null) {
    const cluster = clusterOf(plan, database, network, tag, "database", name);
    const made = new DatabaseDb("database-db", { clusterId: cluster.id, name: database.name }, kept(plan));
    const user = new DatabaseUser("database-user", { clusterId: cluster.id, name: database.user }, kept(plan));
    // Nothing logs in before its database is there.
    return seen(database, cluster, pulumi.all([user.password, made.id]).apply(([password]) => password));
  }
  const { from, at } = database.restore;
  if (from === name) {
    const first = clusterOf(plan, { ...database, restore: null }, network, tag, "database", name);
    new DatabaseDb("database-db", { clusterId: first.id, name: database.name }, kept(plan));
    new DatabaseUser("database-user", { clusterId: first.id, name: database.user }, kept(plan));
  }
  const mark = createHash("sha256").update(`${from} ${at}`).digest("hex").slice(0, 5);
  const cluster = clusterOf(plan, database, network, tag, `database-${mark}`, physicalName("database", labels.project, labels.stack, "database", mark));
  // A copy has the databases and users of what it was made from: https://docs.digitalocean.com/products/databases/postgresql/how-to/fork-clusters/
  const user = getDatabaseUserOutput({ clusterId: cluster.id, name: database.user });
  return seen(database, cluster, user.password);
}

const kept = ({ spec }: StackPlan): pulumi.CustomResourceOptions => ({ protect: isProtected(spec) });

function clusterOf(plan: StackPlan, database: Managed, network: Vpc, tag: Tag, resource: string, name: string): DatabaseCluster {
  const { spec, labels } = plan;
  const { restore, maintenance, storageGiB, storageLimitGiB } = database;
  const cluster = new DatabaseCluster(
    resource,
    {
      name,
      engine: database.engine === "postgres" ? "pg" : "mysql",
      version: database.version,
      size: database.size,
      region: spec.host.region,
      nodeCount: database.standby ? 2 : 1,
      privateNetworkUuid: network.id,
      storageSizeMib: String(storageGiB * 1024),
      storageAutoscale: { enabled: storageLimitGiB > storageGiB, thresholdPercent: 80, incrementGib: 10 },
      maintenanceWindows: [{ day: maintenance.weekday, hour: `${String(maintenance.hour).padStart(2, "0")}:00` }],
      tags: [...asDigitalOceanTags(labels)],
      ...(restore === null ? {} : { backupRestore: { databaseName: restore.from, ...(restore.at === "" ? {} : { backupCreatedAt: restore.at }) } }),
    },
    {
      protect: isProtected(spec),
      // The disk grows by itself, and the project is set by the account. Both would otherwise be turned back.
      ignoreChanges: ["projectId", ...(storageLimitGiB > storageGiB ? ["storageSizeMib"] : [])],
      customTimeouts: { create: "60m" },
    },
  );
  new DatabaseFirewall(`${resource}-firewall`, { clusterId: cluster.id, rules: [{ type: "tag", value: tag.name }] });
  return cluster;
}

function seen(database: Managed, cluster: DatabaseCluster, password: pulumi.Input<string>): ManagedDatabase {
  const { name, user, engine } = database;
  const place = pulumi.all([cluster.privateHost, cluster.port]).apply(([host, port]) => ({ host, port, name, user }));
  return {
    output: pulumi.unsecret(place.apply((known) => ({ engine, ...known }))),
    url: pulumi.secret(pulumi.all([place, password]).apply(([known, secret]) => postgresUrl({ ...known, password: secret }))),
    caPath: databaseCaPath,
    ca: pulumi.unsecret(getDatabaseCaOutput({ clusterId: cluster.id }).certificate),
    cluster,
  };
}
