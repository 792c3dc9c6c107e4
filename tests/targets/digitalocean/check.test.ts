import { problemLine } from "../../../infra/config/problems";
import type { StackSpec } from "../../../infra/config/spec";
import { planStack } from "../../../infra/plan";
import { check, checkAccess } from "../../../infra/targets/digitalocean/check";
import { exampleSpec } from "../../goldens/stacks";

const access = { DIGITALOCEAN_TOKEN: "x", SPACES_ACCESS_KEY_ID: "x", SPACES_SECRET_ACCESS_KEY: "x" };
const before = { ...process.env };

beforeAll(() => Object.assign(process.env, access));
afterAll(() => {
  process.env = before;
});

const production = exampleSpec("prod");
const managed = production.database as Extract<StackSpec["database"], { kind: "managed" }>;
const lines = (spec: StackSpec): readonly string[] => check(planStack(spec)).map(problemLine);

test.each(["prod", "bitcoin-prod", "bitcoin-external"])("the stack %s can be had there", (stack) => {
  expect(lines(exampleSpec(stack))).toEqual([]);
});

test("a host may begin with an image that was made of one", () => {
  expect(lines({ ...production, host: { ...production.host, image: "148000001" } })).toEqual([]);
});

test.each<readonly [Partial<StackSpec>, string]>([
  [
    { host: { ...production.host, image: "debian-11" } },
    "host.image: must be one of debian-12, debian-13, or the number of an image that was made of a host of this stack, got " +
      '"debian-11"; doctl compute image list-user names them',
  ],
  [
    { host: { ...production.host, region: "fra2" } },
    'host.region: must be one of ams3, blr1, fra1, lon1, nyc1, nyc2, nyc3, sfo2, sfo3, sgp1, syd1, tor1, got "fra2"',
  ],
  [
    { host: { ...production.host, region: "nyc1" } },
    'host.region: must be a region with Spaces, which keep the backups, got "nyc1"; take one of ams3, blr1, fra1, lon1, nyc3, ' +
      "sfo2, sfo3, sgp1, syd1, tor1",
  ],
  [
    { host: { ...production.host, snapshots: { ...production.host.snapshots, hour: 5 } } },
    "host.snapshots.hour: must be one of 0, 4, 8, 12, 16, 20, got 5",
  ],
  [
    { host: { ...production.host, snapshots: { ...production.host.snapshots, keep: 9 } } },
    "host.snapshots.keep: must be 4, which DigitalOcean keeps of images made each week, got 9; leave it out",
  ],
  [
    { site: { ...production.site, domain: "", aliases: [] } },
    'site.domain: must be set when target is digitalocean, which gives the address only when the host is being made, got ""; a ' +
      "name below a domain that you own, such as www.example.com",
  ],
  [
    { database: { ...managed, storageLimitGiB: 30 } },
    "database.storageLimitGiB: must be storageGiB, 10, or be left out when target is digitalocean, which enlarges a disk without a " +
      "limit or not at all, got 30",
  ],
  [{ database: { ...managed, keepDays: 14 } }, "database.keepDays: must be 7, which DigitalOcean keeps, got 14; leave it out"],
  [
    { database: { ...managed, standby: true } },
    "database.standby: must be false for db-s-1vcpu-1gb, got true; take db-s-1vcpu-2gb or larger",
  ],
])("what it does not have is told: %#", (override, expected) => {
  expect(lines({ ...production, ...override })).toEqual([expected]);
});

test("a size is one of the table, which a newer one is added to", () => {
  const [line] = lines({ ...production, host: { ...production.host, size: "s-3vcpu-3gb" } });
  expect(line).toMatch(
    /^host\.size: must be one of s-1vcpu-512mb-10gb, .*, got "s-3vcpu-3gb"; a newer size is a line in infra\/config\/catalog\/digitalocean\.ts$/,
  );
});

test("the access that the provider needs is asked for before anything is made", () => {
  expect(checkAccess(planStack(production), {}).map(problemLine)).toEqual([
    "target: must find DIGITALOCEAN_TOKEN in the environment when it is digitalocean; make a token at " +
      "https://cloud.digitalocean.com/account/api/tokens and export it",
    "backup.enabled: must find SPACES_ACCESS_KEY_ID and SPACES_SECRET_ACCESS_KEY in the environment, to make the bucket for " +
      "backups; make a key with all permissions at https://cloud.digitalocean.com/spaces/access_keys and export both",
  ]);
});
