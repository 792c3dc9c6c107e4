/**
 * The simulated AWS itself, with a program of its own. Limit: that AWS behaves as the simulation does is known from its provider's sources
 * alone.
 */
import { resolve } from "node:path";
import { runInside } from "../cloud/inside";
import { fetched, TestCloud } from "./cloud";

const cloud = new TestCloud("simulated-aws", "10.84.21.0/24", "aws", { program: resolve(__dirname, "../cloud/programs/aws") });

afterAll(async () => {
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

test("an instance with a card and two elastic addresses serves, and the database answers its master", async () => {
  await cloud.configure({ "cloudsim:range": cloud.range, "cloudsim:page": "first", "cloudsim:database": "true" });
  await cloud.mustUp();
  const { address, arn, accountId, endpoint } = await cloud.values();
  expect(await fetched(address)).toBe("first");
  expect([accountId, arn]).toEqual([
    "123456789012",
    expect.stringMatching(/^arn:aws:secretsmanager:eu-central-1:123456789012:secret\/login-[0-9a-f]{7}$/),
  ]);
  const [host = "", port = ""] = String(endpoint).split(":");
  const machine = String(cloud.resources("Instance").find(({ type }) => type.startsWith("aws:ec2/"))?.outputs.machine);
  expect(
    runInside(
      machine,
      `PGPASSWORD=sim_master psql -XAt 'host=${host} port=${port} user=master dbname=shop sslmode=require' -c 'select current_user'`,
    ).trim(),
  ).toBe("master");
}, 240_000);

test("an unchanged preview has nothing to do", async () => {
  expect((await cloud.preview("--expect-no-changes")).code).toBe(0);
}, 60_000);

test("other user-data: a new card and a new instance, the address moves behind the gate, then both old ones go", async () => {
  const mark = cloud.journal().length;
  await cloud.configure({ "cloudsim:page": "second" });
  await cloud.mustUp();
  const done = cloud.since(mark).filter((entry) => !entry.startsWith("update"));
  expect(done.filter((entry) => /create/.test(entry) || /Instance|EipAssociation site/.test(entry))).toEqual([
    "create NetworkInterface card",
    expect.stringMatching(/^create (Instance web|EipAssociation own)$/),
    expect.stringMatching(/^create (Instance web|EipAssociation own)$/),
    "create EipAssociation site",
    "delete EipAssociation site",
    "delete Instance web",
  ]);
  expect(done.at(-1)).toBe("delete NetworkInterface card");
  expect(await fetched((await cloud.values()).address)).toBe("second");
}, 120_000);

test("an instance that the gate refuses leaves the old one serving", async () => {
  await cloud.configure({ "cloudsim:page": "third" });
  cloud.ask({ op: "create", type: "aws:ec2/instance:Instance", closedPorts: [80] });
  expect((await cloud.up()).code).not.toBe(0);
  expect(await fetched((await cloud.values()).address)).toBe("second");
}, 120_000);

test("destroy leaves nothing in the cloud", async () => {
  const destroyed = await cloud.destroy();
  expect([destroyed.code, cloud.store.all()]).toEqual([0, []]);
}, 60_000);
