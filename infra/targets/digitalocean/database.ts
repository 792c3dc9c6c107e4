import { createHash } from "node:crypto";
import { DatabaseCluster } from "@pulumi/digitalocean/databaseCluster";
import { DatabaseConnectionPool } from "@pulumi/digitalocean/databaseConnectionPool";
import { DatabaseDb } from "@pulumi/digitalocean/databaseDb";
import { DatabaseFirewall } from "@pulumi/digitalocean/databaseFirewall";
import { DatabaseUser } from "@pulumi/digitalocean/databaseUser";
import { getDatabaseCa } from "@pulumi/digitalocean/getDatabaseCa";
import { getDatabaseUser } from "@pulumi/digitalocean/getDatabaseUser";
import type { Tag } from "@pulumi/digitalocean/tag";
import type { Vpc } from "@pulumi/digitalocean/vpc";
import * as pulumi from "@pulumi/pulumi";
import { engines, smallestDiskGiB } from "../../config/catalog/digitalocean";
import type { ManagedDatabase } from "../../config/spec";
import { databaseUrl } from "../../host/environment";
import { databaseCaPath } from "../../plan/endpoints";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import { isProtected } from "../../plan/protection";
import { Component } from "../component";
import type { Database, Told } from "../database";
import type { FormerOutputs } from "../formerOutputs";
import { ofAccount } from "./account";
import { asDigitalOceanTags } from "./tags";
import { allowedVersion } from "./versions";

/** Of every cluster and of its pools. */
export const databasePorts = "25060-25061";

/** A cluster is watched and listed beside its hosts, too. */
export interface ClusterDatabase extends Database {
  readonly id: pulumi.Output<string>;
  /** DigitalOcean's own name of it. */
  readonly urn: pulumi.Output<string>;
}

/** What a database is made in. */
export interface DatabaseArgs {
  readonly network: Vpc;
  readonly tag: Tag;
  /** What the last `up` left. */
  readonly former: Promise<FormerOutputs>;
}

/** What a stack's clusters have in common. */
interface Place extends Pick<DatabaseArgs, "network" | "tag"> {
  readonly plan: StackPlan;
  readonly part: Component;
  readonly version: Promise<string>;
}

/** Of a cluster: in the program, and at DigitalOcean. */
interface Names {
  readonly resource: string;
  readonly name: string;
}

/** What is in a cluster, from the resources that make it, so that nothing logs in before. */
interface Content {
  readonly name: pulumi.Input<string>;
  readonly user: pulumi.Input<string>;
  readonly password: pulumi.Output<string>;
}

/**
 * A cluster in the private network that lets in the stack's hosts and nobody else. With `database.restore` it is a copy of another one,
 * under a name that follows from what it is a copy of; the stack's own first cluster stays beside it. The app's user may log in until
 * hostctl gives it its rights, see docs/decisions/0015-the-app-s-user-on-digitalocean.md.
 */
export function managedDatabase(plan: StackPlan, database: ManagedDatabase, { network, tag, former }: DatabaseArgs): ClusterDatabase {
  const { labels } = plan;
  const part = new Component("Database", "database");
  const version = former.then((known) => allowedVersion(plan.spec, database, known.database !== undefined));
  const place = { plan, part, network, tag, version };
  const name = physicalName("database", labels.project, labels.stack, "database");
  const first = () => {
    const cluster = clusterOf(place, { ...database, restore: null }, { resource: "database", name });
    const options = { ...part.child, protect: isProtected(plan.spec) };
    const made = new DatabaseDb("database-db", { clusterId: cluster.id, name: database.name }, options);
    const user = new DatabaseUser("database-user", { clusterId: cluster.id, name: database.user }, options);
    return { cluster, content: { name: made.name, user: user.name, password: user.password } };
  };
  if (database.restore === null) {
    const { cluster, content } = first();
    return seen(database, { part, cluster, resource: "database", content });
  }
  const { from, at } = database.restore;
  if (from === name) first();
  const mark = createHash("sha256").update(`${from} ${at}`).digest("hex").slice(0, 5);
  const resource = `database-${mark}`;
  const cluster = clusterOf(place, database, {
    resource,
    name: physicalName("database", labels.project, labels.stack, "database", mark),
  });
  // A copy has the databases and users of what it was made from:
  // https://docs.digitalocean.com/products/databases/postgresql/how-to/fork-clusters/
  const user = cluster.id.apply((clusterId) =>
    ofAccount(`the user ${database.user} of the database`, getDatabaseUser({ clusterId, name: database.user })),
  );
  const content = { name: database.name, user: database.user, password: user.password };
  return seen(database, { part, cluster, resource, content });
}

function clusterOf({ plan, part, network, tag, version }: Place, database: ManagedDatabase, { resource, name }: Names): DatabaseCluster {
  const { spec, labels } = plan;
  const { restore, maintenance, storageGiB, storageLimitGiB } = database;
  const cluster = new DatabaseCluster(
    resource,
    {
      name,
      engine: engines[database.engine],
      version,
      size: database.size,
      region: spec.host.region,
      nodeCount: database.standby ? 2 : 1,
      privateNetworkUuid: network.id,
      // Left out, the disk is the one that comes with the size.
      ...(storageGiB > smallestDiskGiB ? { storageSizeMib: String(storageGiB * 1024) } : {}),
      storageAutoscale: { enabled: storageLimitGiB > storageGiB, thresholdPercent: 80, incrementGib: 10 },
      maintenanceWindows: [{ day: maintenance.weekday, hour: `${String(maintenance.hour).padStart(2, "0")}:00` }],
      tags: [...asDigitalOceanTags(labels)],
      ...(restore === null
        ? {}
        : { backupRestore: { databaseName: restore.from, ...(restore.at === "" ? {} : { backupCreatedAt: restore.at }) } }),
    },
    {
      ...part.child,
      protect: isProtected(spec),
      // The disk grows by itself, and the project is set by the account. Both would otherwise be turned back.
      ignoreChanges: ["projectId", ...(storageLimitGiB > storageGiB ? ["storageSizeMib"] : [])],
      customTimeouts: { create: "60m" },
    },
  );
  // A cluster without a firewall is open to the world, so it goes with its cluster and not before.
  // https://docs.digitalocean.com/reference/ansible/reference/modules/database_firewall/
  new DatabaseFirewall(
    `${resource}-firewall`,
    { clusterId: cluster.id, rules: [{ type: "tag", value: tag.name }] },
    { ...part.child, deletedWith: cluster },
  );
  return cluster;
}

/** What makes up the database that the site is at. */
interface Made {
  readonly part: Component;
  readonly cluster: DatabaseCluster;
  readonly resource: string;
  readonly content: Content;
}

/** Connections that a pool leaves to backups, restores and drills, which go past it. */
const pastPool = 3;

/**
 * As the stack sees it. Behind a pool, hostctl has a way past it; and one of its own, to give the app's user its rights.
 */
function seen({ engine, connections, pool }: ManagedDatabase, { part, cluster, resource, content }: Made): ClusterDatabase {
  const { name, user, password } = content;
  const place = pulumi.output({ host: cluster.privateHost, port: cluster.port, name, user });
  const url = (way: pulumi.Input<{ port?: number; name?: string; user?: string; password?: string }>): pulumi.Output<string> =>
    pulumi.secret(
      pulumi.all([place, password, way]).apply(([known, own, other]) => databaseUrl(engine, { ...known, password: own, ...other })),
    );
  const env = (): Told["env"] => {
    if (pool === "none") return { DATABASE_URL: url({}) };
    const size = Math.max(1, connections - pastPool);
    const made = new DatabaseConnectionPool(
      `${resource}-pool`,
      { clusterId: cluster.id, name: `${resource}-pool`, mode: pool, size, dbName: name, user },
      part.child,
    );
    return { DATABASE_URL: url(pulumi.output({ port: made.port, name: made.name })), DATABASE_DIRECT_URL: url({}), DATABASE_POOL: pool };
  };
  return {
    output: pulumi.unsecret(place.apply((known) => ({ engine, ...known }))),
    tells: {
      env: env(),
      files: {
        [databaseCaPath]: pulumi.unsecret(
          cluster.id.apply((clusterId) => ofAccount("the certificate of the database", getDatabaseCa({ clusterId }))),
        ).certificate,
      },
      databaseAdmin: url(pulumi.output({ user: cluster.user, password: cluster.password })),
    },
    id: cluster.id,
    urn: cluster.clusterUrn,
  };
}
