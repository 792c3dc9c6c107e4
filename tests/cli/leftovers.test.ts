/**
 * Limit: what a state says; tests/targets/left.test.ts compares it with what a simulated AWS has left, the suites of the simulated clouds
 * in tests/machines with what is there after `npm run down`.
 */
import { leftovers } from "../../cli/leftovers";
import { parseState } from "../../cli/protection";

const read = (...resources: readonly object[]) =>
  leftovers(
    parseState(JSON.stringify({ deployment: { resources: resources.map((one) => ({ urn: "urn:pulumi:aws::webstack::x::y", ...one })) } })),
  );

const database = {
  type: "aws:rds/instance:Instance",
  inputs: {
    identifier: "shop-database",
    finalSnapshotIdentifier: "shop-database-final-0a1b2c3d",
    skipFinalSnapshot: false,
    deleteAutomatedBackups: false,
    backupRetentionPeriod: 7,
    allocatedStorage: 20,
    maxAllocatedStorage: 40,
  },
  outputs: { region: "eu-west-3" },
};
const older = [
  "older copies of databases",
  "if a restore or an upgrade left any: aws rds describe-db-snapshots --snapshot-type manual --region eu-west-3 names them; 0.095 a GiB",
];

test("on AWS the last snapshot, automated backups, images and the bucket stay, each with its price; the vault goes", () => {
  const bucket = {
    type: "aws:s3/bucket:Bucket",
    retainOnDelete: true,
    inputs: { bucketPrefix: "shop-" },
    outputs: { bucket: "shop-1234" },
  };
  const images = { type: "aws:dlm/lifecyclePolicy:LifecyclePolicy", inputs: { policyDetails: { targetTags: { Name: "shop-web-0" } } } };
  const vault = { type: "aws:backup/vault:Vault", inputs: { name: "shop-database" } };
  expect(read({ type: "aws:ec2/vpc:Vpc" }, database, bucket, images, vault)).toEqual({
    stays: [
      ["snapshot shop-database-final-0a1b2c3d", "the database as it is when it goes; 0.095 a GiB, at most 3.80"],
      older,
      ["automated backups of shop-database", "each moment of its last 7 days; 0.095 a GiB, gone by themselves after 7 days"],
      ["bucket shop-1234", "the hosts' backups and the dumps; 0.023 a GiB"],
      ["images of shop-web-0", "of the machine, which nobody deletes any more; 0.05 a GiB"],
    ],
    goes: [["vault shop-database", "what AWS Backup kept of the database, each day of a week and each month of a year"]],
  });
});

test("of two databases, one of which the site has left, both last snapshots are told, and older copies once", () => {
  const left = { ...database, inputs: { ...database.inputs, identifier: "shop-old", finalSnapshotIdentifier: "shop-old-final-4e5f6071" } };
  const names = read(database, left).stays.map(([name]) => name);
  expect(names).toEqual([
    "snapshot shop-database-final-0a1b2c3d",
    "older copies of databases",
    "automated backups of shop-database",
    "snapshot shop-old-final-4e5f6071",
    "automated backups of shop-old",
  ]);
});

test("nothing is promised that the state does not keep: a bucket that is deleted, a database without a last snapshot, a machine of this box", () => {
  const gone = { ...database, inputs: { ...database.inputs, skipFinalSnapshot: true, deleteAutomatedBackups: true } };
  expect(read({ type: "aws:s3/bucket:Bucket", outputs: { bucket: "shop-1234" } }, gone, { type: "nspawn:index:Machine" })).toEqual({
    stays: [],
    goes: [],
  });
  expect(leftovers(parseState('{"deployment":null}'))).toEqual({ stays: [], goes: [] });
});

test("on DigitalOcean the bucket stays", () => {
  expect(
    read({ type: "digitalocean:index/spacesBucket:SpacesBucket", retainOnDelete: true, outputs: { name: "backups-1234567" } }).stays,
  ).toEqual([["bucket backups-1234567", "the hosts' backups; 5.00 for all buckets of the account"]]);
});
