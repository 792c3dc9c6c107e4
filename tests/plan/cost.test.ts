import { billOf, billsElsewhere, overBudget } from "../../infra/plan/cost";
import { planStack } from "../../infra/plan";
import { spec } from "../config/baseline";

const systemA = () => planStack(spec({ target: "digitalocean", host: { size: "s-1vcpu-1gb", snapshots: { every: "day" } }, services: small, access }));
const systemB = (region = "us-east-1") => planStack(spec({ target: "aws", host: { size: "t3.micro", region }, services: small, access, database: { engine: "mysql" } }));

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

test("system B costs 31.27 a month in us-east-1: 26.82, 3.65 for the host's own address, and 0.80 for the secrets that hold the database's passwords", () => {
  const bill = billOf(systemB());
  expect(bill.lines.map(({ what, monthly }) => [what, monthly])).toEqual([
    ["instance t3.micro", 7.59],
    ["2 public IPv4 addresses: its own and the site's", 7.3],
    ["root disk of 20 GiB", 1.6],
    ["managed database db.t4g.micro", 11.68],
    ["database disk of 20 GiB", 2.3],
    ["2 secrets: the passwords of the master and of the app", 0.8],
  ]);
  expect(bill.total).toBe(31.27);
});

test.each([systemA(), systemB(), systemB("eu-central-1")].flatMap((plan) => [billOf(plan), ...billsElsewhere(plan)]))("the total of $target in $region is the sum of its lines", ({ lines, total, known }) => {
  const sum = lines.reduce((cents, { monthly }) => cents + Math.round((monthly ?? 0) * 100), 0);
  expect(Math.round(known * 100)).toBe(sum);
  expect(total).toBe(lines.some(({ monthly }) => monthly === null) ? null : known);
});

test("a region whose prices are known in part names what has none, and has no total", () => {
  const bill = billOf(systemB("eu-central-1"));
  expect(bill.lines.filter(({ monthly }) => monthly === null).map(({ what }) => what)).toEqual([
    "root disk of 20 GiB", "managed database db.t4g.micro", "database disk of 20 GiB", "2 secrets: the passwords of the master and of the app",
  ]);
  expect([bill.total, bill.known]).toEqual([null, 16.06]);
});

test("a region without prices has none but that of its address, which is the same everywhere", () => {
  expect(billOf(systemB("eu-west-3")).lines.filter(({ monthly }) => monthly !== null).map(({ what }) => what)).toEqual(["2 public IPv4 addresses: its own and the site's"]);
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

test("a size that no table has, and one for which no size is large enough, have no price", () => {
  expect(billOf(planStack(spec({ target: "digitalocean", host: { size: "s-32vcpu-192gb" }, services: small, access }))).total).toBeNull();
  const huge = planStack(spec({ host: { cpus: 64, memoryMiB: 262144 } }));
  expect(billsElsewhere(huge)[0]?.lines[0]).toEqual({ part: "web-0", what: "droplet of 64 cores and 262144 MiB", monthly: null });
});

test("the own box costs nothing that a bill could count", () => {
  expect(billOf(planStack(spec()))).toEqual({ target: "local", region: "", lines: [], total: 0, known: 0, notCounted: ["your own box and its electricity"] });
});

test("a budget below the estimate is refused before anything is made; one above it, and none, are not", () => {
  const within = (budget: number) => overBudget(planStack(spec({ target: "digitalocean", host: { size: "s-1vcpu-1gb", snapshots: { every: "day" } }, services: small, access, monitoring: { budget } })));
  expect([within(0), within(23)]).toEqual([[], []]);
  expect(within(22)).toEqual([
    { at: "monitoring.budget", must: "must be at least 23, since the stack is estimated to cost 22.80 a month", got: 22, hint: "take smaller sizes, or raise it" },
  ]);
});
