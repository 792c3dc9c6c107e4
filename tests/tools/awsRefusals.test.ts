/**
 * What the simulated AWS refuses of data, as AWS does. Limit: its words are AWS's own as documents and issues tell them; nobody asked AWS.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PublicAddresses } from "../cloud/public";
import * as rds from "../cloud/rds";
import { Resources } from "../cloud/resource";
import { clouds } from "../cloud/server";
import { Store, type Plain, type Stored } from "../cloud/store";

let folder: string;
let store: Store;
let resources: Resources;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-"));
  store = Store.make(folder, { name: "pure", publicRange: "10.84.20.128/25" });
  resources = new Resources("aws", clouds.aws, store, new PublicAddresses(store));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A database that is there; of PostgreSQL, so that no machine is asked for what is in it. */
function database(inputs: Plain): Stored {
  const stored = {
    id: "shop",
    type: rds.Instance,
    inputs: { engine: "postgres", allocatedStorage: 20, ...inputs },
    outputs: { identifier: "shop", resourceId: "db-1" },
  };
  store.put(stored);
  return stored;
}

test("a protected database is not deleted, nor is one whose last snapshot has no name, or a name that is in use", () => {
  expect(() => rds.end(store, database({ deletionProtection: true }))).toThrow("Cannot delete protected DB Instance");
  expect(() => rds.end(store, database({}))).toThrow("final_snapshot_identifier is required");
  const ends = database({ finalSnapshotIdentifier: "shop-final", deleteAutomatedBackups: false });
  rds.end(store, ends);
  expect(
    store
      .all()
      .map(({ type, id }) => `${type.split(":").at(-1) ?? ""} ${id}`)
      .sort(),
  ).toEqual(["AutomatedBackups db-1", "Instance shop", "Snapshot shop-final"]);
  expect(() => rds.end(store, ends)).toThrow("DBSnapshotAlreadyExists");
});

test("a database begins only with what is there, under a name that is free", () => {
  const from = (more: Plain) => () => rds.beginning(store, { identifier: "copy", engine: "mysql", allocatedStorage: 20, ...more });
  const source = (restoreTime: string) => ({ restoreToPointInTime: { sourceDbInstanceIdentifier: "shop", restoreTime } });
  expect(from({ snapshotIdentifier: "shop-final" })).toThrow("DBSnapshotNotFound");
  expect(from(source("2026-11-01T03:00:00Z"))).toThrow("DBInstanceNotFound");
  database({ allocatedStorage: 40, engine: "mysql" });
  expect(from({ identifier: "shop" })).toThrow("DBInstanceAlreadyExists");
  expect(from(source(new Date(Date.now() + 60_000).toISOString()))).toThrow("after the latest restorable time");
  store.put({
    id: "shop-final",
    type: "aws:rds/snapshot:Snapshot",
    inputs: { engine: "mysql", allocatedStorage: 40 },
    outputs: { history: "select 1;", username: "master" },
  });
  expect(from({ snapshotIdentifier: "shop-final" })).toThrow("Invalid storage size, must be at least 40");
  expect(from({ snapshotIdentifier: "shop-final", allocatedStorage: 40 })()).toEqual({ history: "select 1;", user: "master" });
});

test("a copy begins in the version of what it is made from, with parameters of that one alone", async () => {
  for (const version of ["8.0", "8.4"])
    await resources.create(rds.ParameterGroup, "parameters", { name: `shop-${version}`, family: `mysql${version}` });
  store.put({
    id: "shop-final",
    type: "aws:rds/snapshot:Snapshot",
    inputs: { engine: "mysql", engineVersion: "8.0", allocatedStorage: 20 },
    outputs: { history: "select 1;", username: "master" },
  });
  const having = (parameterGroupName: string) => () =>
    rds.beginning(store, {
      identifier: "copy",
      engine: "mysql",
      engineVersion: "8.4",
      allocatedStorage: 20,
      snapshotIdentifier: "shop-final",
      parameterGroupName,
    });
  expect(having("shop-8.4")).toThrow(
    "The Parameter Group shop-8.4 with DBParameterGroupFamily mysql8.4 can't be used for this instance. Please use a Parameter " +
      "Group with DBParameterGroupFamily mysql8.0",
  );
  expect(having("shop-8.0")()).toEqual({ history: "select 1;", user: "master" });
});

test("a major version changes only where that is allowed, upwards, and on no copy while RDS keeps the master's password", () => {
  const to = (now: Plain) => () =>
    rds.checkChange(database({ engineVersion: "15" }), {
      engine: "postgres",
      engineVersion: "16",
      allowMajorVersionUpgrade: true,
      manageMasterUserPassword: true,
      ...now,
    });
  expect(to({})).not.toThrow();
  expect(to({ allowMajorVersionUpgrade: false })).toThrow("AllowMajorVersionUpgrade flag must be present");
  expect(to({ engineVersion: "14" })).toThrow("Cannot upgrade postgres from 15 to 14");
  expect(to({ blueGreenUpdate: { enabled: true } })).toThrow("SourceDatabaseNotSupportedFault");
});

test("a vault and a bucket with something in them go only with that; of a name there is one vault, and one selection in a plan", async () => {
  const [vault, bucket] = ["aws:backup/vault:Vault", "aws:s3/bucket:Bucket"];
  await resources.create(vault, "vault", { name: "shop", forceDestroy: false });
  await expect(resources.create(vault, "vault", { name: "shop" })).rejects.toThrow("AlreadyExistsException");
  await expect(resources.delete(vault, "vault", "shop")).rejects.toThrow("contains 1 recovery points");
  await resources.create(bucket, "backups", { bucket: "shop" });
  await expect(resources.delete(bucket, "backups", "shop")).rejects.toThrow("BucketNotEmpty");
  const selection = { name: "database", planId: "plan", iamRoleArn: "arn", resources: ["arn:old"] };
  await resources.create("aws:backup/selection:Selection", "selection", selection);
  await expect(resources.create("aws:backup/selection:Selection", "selection", selection)).rejects.toThrow("AlreadyExistsException");
});

const longest = {
  [rds.Instance]: 63,
  "aws:backup/vault:Vault": 50,
  "aws:backup/plan:Plan": 50,
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": 50,
  "aws:scheduler/schedule:Schedule": 64,
};

test.each(Object.entries(longest))("a name of %s ends at %d characters", async (type, most) => {
  const made = (length: number) => resources.create(type, "x", { [type === rds.Instance ? "identifier" : "name"]: "s".repeat(length) });
  await expect(made(most + 1)).rejects.toThrow(/^(InvalidParameterValue|ValidationException).*: s{51,}$/);
  // A database is then refused for what else it lacks.
  if (type !== rds.Instance) expect((await made(most)).id).toHaveLength(most);
});

test("a name of a database has no two hyphens beside each other and none at its end", async () => {
  for (const identifier of ["shop--2", "shop-", "2-shop"])
    await expect(resources.create(rds.Instance, "x", { identifier })).rejects.toThrow("is not a valid identifier");
});

test("a network interface of one machine is given to no other", async () => {
  store.put({
    id: "eni-1",
    type: "aws:ec2/networkInterface:NetworkInterface",
    inputs: { subnetId: "subnet-1" },
    outputs: { privateIp: "10.84.20.10" },
  });
  store.put({ id: "i-1", type: "aws:ec2/instance:Instance", inputs: {}, outputs: { card: "eni-1" } });
  const another = resources.create("aws:ec2/instance:Instance", "web-0", {
    instanceType: "t3.small",
    primaryNetworkInterface: { networkInterfaceId: "eni-1" },
  });
  await expect(another).rejects.toThrow("InvalidNetworkInterface.InUse: Interface: [eni-1] in use.");
});

test("parameters go when no database has them any more", async () => {
  const { id, state } = await resources.create(rds.ParameterGroup, "parameters", { name: "shop-parameters", family: "postgres16" });
  database({ parameterGroupName: state.name });
  await expect(resources.delete(rds.ParameterGroup, "parameters", id)).rejects.toThrow(
    "InvalidDBParameterGroupState: One or more database instances are still members of this parameter group shop-parameters",
  );
  store.remove(rds.Instance, "shop");
  await resources.delete(rds.ParameterGroup, "parameters", id);
  expect(store.all()).toEqual([]);
});

test("MySQL 8.0 is not made any more", async () => {
  const asked = {
    engine: "mysql",
    engineVersion: "8.0",
    engineLifecycleSupport: "open-source-rds-extended-support-disabled",
    identifier: "shop",
    instanceClass: "db.t4g.micro",
  };
  await expect(resources.create(rds.Instance, "database", asked)).rejects.toThrow(
    "mysql 8.0 is past its end of standard support, 2026-07-31, and Extended Support is disabled",
  );
});

test("an update of a restore testing selection changes nothing of what it restores, whatever the program is told", async () => {
  const type = "aws:backup/restoreTestingSelection:RestoreTestingSelection";
  const inputs = {
    name: "database",
    restoreTestingPlanName: "plan",
    protectedResourceType: "RDS",
    iamRoleArn: "arn",
    protectedResourceArns: ["arn:old"],
    validationWindowHours: 1,
  };
  const { id, state } = await resources.create(type, "selection", inputs);
  const now = await resources.update(type, "selection", id, state, {
    ...inputs,
    protectedResourceArns: ["arn:new"],
    validationWindowHours: 2,
  });
  expect([
    now.protectedResourceArns,
    store.must(type, id).inputs.protectedResourceArns,
    store.must(type, id).inputs.validationWindowHours,
  ]).toEqual([["arn:new"], ["arn:old"], 2]);
});
