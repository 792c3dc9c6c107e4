/**
 * The simulated cloud's judgement of changes, without engine and machines. Limit: which inputs replace is copied from the providers'
 * sources by hand.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageSchema } from "../../tools/cloudSchema";
import { difference } from "../cloud/diff";
import { PublicAddresses } from "../cloud/public";
import { Resources } from "../cloud/resource";
import { credentialsOf, mayDo, roleOf } from "../cloud/roles";
import { faultsOf, packages, schemaOf, UNKNOWN } from "../cloud/schema";
import { clouds } from "../cloud/server";
import { storageCall } from "../cloud/storage";
import { Store } from "../cloud/store";
import { secret } from "./engine";

const dropletType = "digitalocean:index/droplet:Droplet";
const droplet = schemaOf("digitalocean", dropletType);
const made = { image: "debian-12-x64", size: "s-1vcpu-1gb", userData: "one", name: "web-1", __defaults: ["name"] };

let folder: string;
let resources: Resources;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-"));
  const store = Store.make(folder, { name: "pure", publicRange: "10.84.20.128/25" });
  resources = new Resources("digitalocean", clouds.digitalocean, store, new PublicAddresses(store));
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(["digitalocean", "aws"] as const)("the extract of %s is that of the installed SDK", (name) => {
  expect(packages[name]).toEqual(packageSchema(name));
});

test.each(["aws", "bitcoin-aws"])("the simulated aws has every type that the stack %s declares", (stack) => {
  const declared = [...readFileSync(join(__dirname, `../goldens/graphs/${stack}.yaml`), "utf8").matchAll(/^(aws:\S+:[A-Z]\w*) /gm)].map(
    ([, type = ""]) => type,
  );
  expect([declared.length > 50, declared.filter((type) => packages.aws.types[type] === undefined)]).toEqual([true, []]);
});

test("a role may do what its policies name in full, and only to that", () => {
  const store = new Store(join(folder, "roles"));
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: "arn:one" }],
  });
  store.put({ id: "host", type: "aws:iam/role:Role", inputs: { name: "host" }, outputs: {} });
  store.put({ id: "login", type: "aws:iam/rolePolicy:RolePolicy", inputs: { role: "host", policy }, outputs: {} });
  const { AccessKeyId, Token } = credentialsOf("host");
  expect([roleOf(store, AccessKeyId, Token), roleOf(store, AccessKeyId, "another")]).toEqual(["host", undefined]);
  const may = (role: string, action: string, resource: string) => mayDo(store, role, `secretsmanager:${action}`, resource);
  expect([
    may("host", "GetSecretValue", "arn:one"),
    may("host", "PutSecretValue", "arn:one"),
    may("host", "GetSecretValue", "arn:two"),
    may("other", "GetSecretValue", "arn:one"),
  ]).toEqual([true, false, false, false]);
});

test("the names of a bucket are told under the condition that a policy has, and a call without a prefix fulfils none", () => {
  const store = new Store(join(folder, "storage"));
  const may = (Condition: object | undefined, method: string, url: string) => {
    const list = {
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: "arn:aws:s3:::shop",
      ...(Condition === undefined ? {} : { Condition }),
    };
    const objects = { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::shop/host/*" };
    store.put({
      id: "backups",
      type: "aws:iam/rolePolicy:RolePolicy",
      inputs: { role: "host", policy: JSON.stringify({ Version: "2012-10-17", Statement: [list, objects] }) },
      outputs: {},
    });
    const { action, resource, context } = storageCall(method, url);
    return [action, mayDo(store, "host", action, resource, context)];
  };
  const ofPrefix = { StringLike: { "s3:prefix": ["host", "host/*"] } };
  expect([may(ofPrefix, "HEAD", "/shop/"), may(undefined, "HEAD", "/shop/")]).toEqual([
    ["s3:ListBucket", false],
    ["s3:ListBucket", true],
  ]);
  expect([
    may(ofPrefix, "GET", "/shop/?list-type=2&prefix=host%2Fkeys%2F"),
    may(ofPrefix, "GET", "/shop/?list-type=2&prefix=dumps"),
  ]).toEqual([
    ["s3:ListBucket", true],
    ["s3:ListBucket", false],
  ]);
  expect([
    may(undefined, "PUT", "/shop/host/data/00/ab"),
    may(undefined, "PUT", "/shop/dumps/x"),
    may(undefined, "DELETE", "/shop/host/config"),
  ]).toEqual([
    ["s3:PutObject", true],
    ["s3:PutObject", false],
    ["s3:DeleteObject", false],
  ]);
  expect(() => may({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, "HEAD", "/shop")).toThrow(
    "the simulated cloud knows no condition IpAddress",
  );
});

test("a zone has one record of a name and type, as Route 53 says it, unless the one that is there may be changed", async () => {
  const store = Store.make(join(folder, "records"), { name: "pure", publicRange: "10.84.20.128/25" });
  const zone = new Resources("aws", clouds.aws, store, new PublicAddresses(store));
  const type = "aws:route53/record:Record";
  const a = { zoneId: "Z1", name: "www.shop.example", type: "A", ttl: 300, records: ["192.0.2.1"] };
  await zone.create(type, "old", { ...a, records: ["192.0.2.9"] });
  await expect(zone.create(type, "new", a)).rejects.toThrow(
    "[Tried to create resource record set [name='www.shop.example.', type='A'] but it already exists]",
  );
  await zone.create(type, "new", { ...a, allowOverwrite: true });
  expect(store.all(type).map(({ inputs }) => inputs.records)).toEqual([["192.0.2.1"]]);
  await zone.create(type, "alias", { ...a, name: "shop.example", type: "CNAME" });
  await expect(zone.create(type, "second", { ...a, name: "shop.example", allowOverwrite: true })).rejects.toThrow(
    "conflicts with other records with the same DNS name",
  );
});

test("a type that the simulation does not have is an error, not an echo", () => {
  expect(() => schemaOf("digitalocean", "digitalocean:index/app:App")).toThrow(
    "the simulated digitalocean has no type digitalocean:index/app:App; add it to tools/cloudReplaces.ts and run tools/cloudSchema.ts",
  );
});

test("inputs that the type lacks and those it must have are faults", () => {
  expect(faultsOf(droplet, { image: "debian-12-x64", sise: "s-1vcpu-1gb" }).map(({ reason }) => reason)).toEqual([
    "sise: there is no such input",
    "size: must be given",
  ]);
});

test("the SDK's own texts and the table together say what replaces", () => {
  expect(droplet.replaces).toEqual([
    "dropletAgent",
    "gpuPartitionMode",
    "image",
    "monitoring",
    "publicNetworking",
    "region",
    "sshKeys",
    "userData",
    "vpcUuid",
  ]);
  expect(schemaOf("digitalocean", "digitalocean:index/reservedIpAssignment:ReservedIpAssignment").replaces).toEqual([
    "dropletId",
    "ipAddress",
  ]);
});

test.each([
  ["size", { size: "s-2vcpu-2gb" }, []],
  ["tags", { tags: ["web"] }, []],
  ["image", { image: "123" }, ["image"]],
  ["user-data that is not known yet", { userData: UNKNOWN }, ["userData"]],
  ["user-data that became a secret", { userData: secret("one") }, undefined],
])("a change of %s", (_, change, replaces) => {
  const { changed, ...found } = difference(dropletType, droplet, made, { ...made, ...change } as never);
  expect([changed.length > 0, found]).toEqual([replaces !== undefined, { replaces: replaces ?? [], deleteBeforeReplace: false }]);
});

test("IPv6 can be switched on, but not off", () => {
  const at = (olds: boolean, news: boolean) => difference(dropletType, droplet, { ...made, ipv6: olds }, { ...made, ipv6: news }).replaces;
  expect([at(false, true), at(true, false)]).toEqual([[], ["ipv6"]]);
});

test("a droplet whose name the program chose is deleted before its replacement comes, as the published provider asks for", () => {
  const named = { ...made, __defaults: [] };
  expect(difference(dropletType, droplet, named, { ...named, userData: "two" })).toEqual({
    changed: ["userData"],
    replaces: ["userData"],
    deleteBeforeReplace: true,
  });
});

test("user-data of an EC2 instance replaces it only where the program says so", () => {
  const type = "aws:ec2/instance:Instance";
  const at = (userDataReplaceOnChange: boolean) =>
    difference(type, schemaOf("aws", type), { userData: "one", userDataReplaceOnChange }, { userData: "two", userDataReplaceOnChange })
      .replaces;
  expect([at(false), at(true)]).toEqual([[], ["userData"]]);
});

test("a name is made up once, and kept", () => {
  const first = resources.checked(dropletType, "web", {}, { image: "debian-12-x64" });
  expect(first).toEqual({ image: "debian-12-x64", name: expect.stringMatching(/^web-[0-9a-f]{7}$/), __defaults: ["name"] });
  expect(resources.checked(dropletType, "web", first, { image: "1" })).toEqual({ ...first, image: "1" });
  expect(resources.checked(dropletType, "web", first, { image: "1", name: "mine" })).toEqual({ image: "1", name: "mine", __defaults: [] });
});

test("what the provider computes is unknown in a preview, and secret where the schema says so", async () => {
  const type = "digitalocean:index/spacesKey:SpacesKey";
  expect(resources.planned(type, { name: "backup" })).toEqual({
    name: "backup",
    accessKey: UNKNOWN,
    createdAt: UNKNOWN,
    secretKey: UNKNOWN,
  });
  const { id, state } = await resources.create(type, "backup", { name: "backup" });
  expect(state).toEqual({
    name: "backup",
    accessKey: `${id}-accessKey`,
    createdAt: `${id}-createdAt`,
    secretKey: secret(`${id}-secretKey`),
  });
});
