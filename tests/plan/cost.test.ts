import { monthlyPrice, readings } from "../../infra/config/catalog/awsPrices";
import { regions } from "../../infra/config/catalog/aws";
import { billOf, billsElsewhere, type Bill } from "../../infra/plan/cost";
import { planStack } from "../../infra/plan";
import { spec } from "../config/baseline";
import { exampleSpec } from "../goldens/stacks";

const systemA = () =>
  planStack(spec({ target: "digitalocean", host: { size: "s-1vcpu-1gb", snapshots: { every: "day" } }, services: small, access }));
const systemB = (region = "us-east-1") =>
  planStack(spec({ target: "aws", host: { size: "t3.micro", region }, services: small, access, database: { engine: "mysql" } }));

const small = { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 2, threads: 4 } };
const access = { sshFrom: ["203.0.113.0/24"] };

test("system A costs 22.80 a month: droplet 6, an image of it each day 1.80, database 15", () => {
  const bill = billOf(systemA());
  expect(bill.lines).toEqual([
    { part: "web-0", what: "droplet s-1vcpu-1gb", monthly: 6 },
    { part: "web-0", what: "images of it each day, 30 %", monthly: 1.8 },
    { part: "database", what: "managed database db-s-1vcpu-1gb", monthly: 15 },
  ]);
  expect(bill.total).toBe(22.8);
});

test("system B costs 31.57 a month in us-east-1: 26.82, 3.65 for the host's own address, 0.80 for the secrets that hold the database's passwords, 0.30 for alarms", () => {
  const bill = billOf(systemB());
  expect(bill.lines.map(({ what, monthly }) => [what, monthly])).toEqual([
    ["instance t3.micro", 7.59],
    ["2 public IPv4 addresses: its own and the site's", 7.3],
    ["root disk of 20 GiB", 1.6],
    ["managed database db.t4g.micro", 11.68],
    ["database disk of 20 GiB", 2.3],
    ["2 secrets: the passwords of the master and of the app", 0.8],
    ["3 alarms beyond the 10 that an account has free", 0.3],
  ]);
  expect(bill.total).toBe(31.57);
});

test.each([systemA(), systemB(), systemB("eu-central-1")].flatMap((plan) => [billOf(plan), ...billsElsewhere(plan)]))(
  "the total of $target in $region is the sum of its lines",
  ({ lines, total, known }) => {
    const sum = lines.reduce((cents, { monthly }) => cents + Math.round((monthly ?? 0) * 100), 0);
    expect(Math.round(known * 100)).toBe(sum);
    expect(total).toBe(lines.some(({ monthly }) => monthly === null) ? null : known);
  },
);

test("a region whose prices are known in part names what has none, and has no total", () => {
  const bill = billOf(systemB("eu-central-1"));
  expect(bill.lines.filter(({ monthly }) => monthly === null).map(({ what }) => what)).toEqual([
    // Of the class, a price is known for PostgreSQL alone.
    "root disk of 20 GiB",
    "managed database db.t4g.micro",
    "3 alarms beyond the 10 that an account has free",
  ]);
  expect([bill.total, bill.known]).toEqual([null, 19.6]);
});

test("a region without prices has none but that of its address, which is the same everywhere", () => {
  expect(
    billOf(systemB("eu-west-3"))
      .lines.filter(({ monthly }) => monthly !== null)
      .map(({ what }) => what),
  ).toEqual(["2 public IPv4 addresses: its own and the site's"]);
});

test("elsewhere a stack gets the cheapest size with as many cores, as much memory and the same processor", () => {
  expect(billsElsewhere(systemA()).map(({ target, region, lines }) => [target, region, lines[0]?.what])).toEqual([
    ["aws", "us-east-1", "instance t3a.micro"],
    ["aws", "eu-central-1", "instance t3a.micro"],
  ]);
  expect(billsElsewhere(systemB()).map(({ target, region, lines }) => [target, region, lines[0]?.what])).toEqual([
    ["digitalocean", "every region", "droplet s-2vcpu-2gb"],
    ["aws", "eu-central-1", "instance t3.micro"],
  ]);
});

/** Total, or what is known of it and "more"; then the sizes it is for. */
const summary = ({ target, region, lines, total, known }: Bill) => [
  `${target} ${region}`,
  total === null ? `${known} and more` : total,
  ...lines.map(({ what }) => what).filter((what) => /^(droplet|instance|managed)/.test(what)),
];

const inVirginia = ["instance t3a.small", "managed database db.t4g.micro"];
const inFrankfurt = ["instance t3a.small", "managed database db.t4g.micro"];

test.each([
  [
    "prod",
    {},
    ["digitalocean fra1", 31.4, "droplet s-1vcpu-2gb", "managed database db-s-1vcpu-1gb"],
    [
      ["aws us-east-1", 39.2, ...inVirginia],
      ["aws eu-central-1", "41.98 and more", ...inFrankfurt],
    ],
  ],
  [
    "prod",
    { host: { region: "fra1", size: "s-2vcpu-4gb" } },
    ["digitalocean fra1", 45.8, "droplet s-2vcpu-4gb", "managed database db-s-1vcpu-1gb"],
    [
      ["aws us-east-1", 52.93, "instance t3a.medium", "managed database db.t4g.micro"],
      ["aws eu-central-1", "57.75 and more", "instance t3a.medium", "managed database db.t4g.micro"],
    ],
  ],
  [
    "prod",
    { database: { engine: "postgres", size: "db-s-1vcpu-2gb" } },
    ["digitalocean fra1", 46.4, "droplet s-1vcpu-2gb", "managed database db-s-1vcpu-2gb"],
    [
      ["aws us-east-1", 50.88, "instance t3a.small", "managed database db.t4g.small"],
      ["aws eu-central-1", "28.11 and more", "instance t3a.small", "managed database db.t3.small"],
    ],
  ],
  [
    "prod",
    { target: "aws", host: { region: "eu-central-1", size: "t3.small" }, database: { engine: "postgres" } },
    ["aws eu-central-1", "43.73 and more", "instance t3.small", "managed database db.t4g.micro"],
    [
      ["digitalocean every region", 40.4, "droplet s-2vcpu-2gb", "managed database db-s-1vcpu-1gb"],
      ["aws us-east-1", 40.66, "instance t3.small", "managed database db.t4g.micro"],
    ],
  ],
  [
    "local",
    {},
    ["local ", 0],
    [
      ["digitalocean every region", 33, "droplet s-2vcpu-2gb", "managed database db-s-1vcpu-1gb"],
      ["aws us-east-1", 37.6, ...inVirginia],
      ["aws eu-central-1", "40.48 and more", ...inFrankfurt],
    ],
  ],
  [
    "local",
    { host: { memoryMiB: 4096 } },
    ["local ", 0],
    [
      ["digitalocean every region", 39, "droplet s-2vcpu-4gb", "managed database db-s-1vcpu-1gb"],
      ["aws us-east-1", 51.33, "instance t3a.medium", "managed database db.t4g.micro"],
      ["aws eu-central-1", "56.25 and more", "instance t3a.medium", "managed database db.t4g.micro"],
    ],
  ],
  [
    "local",
    { database: { memoryMiB: 2048 } },
    ["local ", 0],
    [
      ["digitalocean every region", 48, "droplet s-2vcpu-2gb", "managed database db-s-1vcpu-2gb"],
      ["aws us-east-1", 49.28, "instance t3a.small", "managed database db.t4g.small"],
      ["aws eu-central-1", "26.61 and more", "instance t3a.small", "managed database db.t3.small"],
    ],
  ],
])("OC Pizza's %s with %j costs this, there and elsewhere", (stack, changes, there, elsewhere) => {
  const plan = planStack(exampleSpec(stack, changes));
  expect([summary(billOf(plan)), billsElsewhere(plan).map(summary)]).toEqual([there, elsewhere]);
});

test("the production of OC Pizza pays for a droplet, its images, a database and two checks from outside", () => {
  expect(billOf(planStack(exampleSpec("prod"))).lines).toEqual([
    { part: "web-0", what: "droplet s-1vcpu-2gb", monthly: 12 },
    { part: "web-0", what: "images of it each week, 20 %", monthly: 2.4 },
    { part: "database", what: "managed database db-s-1vcpu-1gb", monthly: 15 },
    { part: "site", what: "uptime check of the hosts' alerts", monthly: 1 },
    { part: "site", what: "uptime check of the site", monthly: 1 },
  ]);
});

test("a NAT gateway is paid by the hour, with an address of its own", () => {
  const lines = (region: string) =>
    billOf(
      planStack(spec({ target: "aws", host: { size: "t3.micro", region }, services: small, access, network: { nat: "gateway" } })),
    ).lines.filter(({ part }) => part === "network");
  const address = { part: "network", what: "public IPv4 address of the NAT gateway", monthly: 3.65 };
  expect(lines("us-east-1")).toEqual([{ part: "network", what: "NAT gateway", monthly: 32.85 }, address]);
  expect(lines("eu-west-3")).toEqual([{ part: "network", what: "NAT gateway", monthly: null }, address]);
});

test("a price is its region's own, and of two readings the newer one's", () => {
  expect([
    monthlyPrice("us-east-1", "t3.small"),
    monthlyPrice("eu-west-3", "t3.small"),
    monthlyPrice("eu-north-1", "postgres db.t4g.micro", "db.t4g.micro"),
  ]).toEqual([15.18, undefined, 11.68]);
  for (const { region, read, source, hourly, monthly } of readings) {
    expect([region in regions, read, source]).toEqual([true, expect.stringMatching(/^\d{4}-\d\d-\d\d$/), expect.stringMatching(/\S/)]);
    expect(Object.values({ ...hourly, ...monthly }).filter((usd) => !(usd > 0))).toEqual([]);
  }
});

test("a site with its own name pays for the check over HTTPS and for its zone, in every region alike", () => {
  expect(billOf(planStack(exampleSpec("aws"))).lines.filter(({ part }) => part === "site")).toEqual([
    { part: "site", what: "check from outside over HTTPS", monthly: 1 },
    { part: "site", what: "its zone in Route 53", monthly: 0.5 },
    { part: "site", what: "3 alarms beyond the 10 that an account has free", monthly: null },
  ]);
});

test("what a bill does not count is named", () => {
  expect(billOf(systemA()).notCounted).toEqual([
    "traffic beyond what each droplet brings (0.01 a GiB)",
    "snapshots, which grow with the disk (0.06 a GiB)",
    "the bucket that keeps the dumps (Spaces, 5.00 a month for the whole account)",
    "database disk beyond what its size brings",
    "taxes",
  ]);
  expect(billOf(systemB()).notCounted).toEqual([
    "traffic to the Internet (0.09 a GB)",
    "requests, and the balancer's capacity units (0.008 an hour each)",
    "copies of the database beyond its disk's size (0.095 a GiB): RDS's own, 7 daily and 12 monthly ones of AWS Backup",
    "the weekly rehearsal of a restore: a fee of AWS Backup, and another database for some hours",
    "images of the machine and dumps, which grow",
    "CPU credits beyond what a burstable size earns in a day (0.05 for a core's hour, 0.04 on arm64)",
    "data through a NAT gateway (0.045 a GB)",
    "more measures than the ten that an account has free, logs and taxes",
  ]);
});

test("a size that no table has, and one for which no size is large enough, have no price", () => {
  expect(billOf(planStack(spec({ target: "digitalocean", host: { size: "s-32vcpu-192gb" }, services: small, access }))).total).toBeNull();
  const huge = planStack(spec({ host: { cpus: 64, memoryMiB: 262144 } }));
  expect(billsElsewhere(huge)[0]?.lines[0]).toEqual({ part: "web-0", what: "droplet of 64 cores and 262144 MiB", monthly: null });
});

test("the own box costs nothing that a bill could count", () => {
  expect(billOf(planStack(spec()))).toEqual({
    target: "local",
    region: "",
    lines: [],
    total: 0,
    known: 0,
    notCounted: ["your own box and its electricity"],
  });
});
