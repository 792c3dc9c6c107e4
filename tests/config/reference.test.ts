import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import Ajv from "ajv";
import { parse } from "yaml";
import { referenceFiles } from "../../cli/reference";
import { describedStacks, readStack, stackFileOf } from "../../cli/stackFiles";
import { keys } from "../../infra/config/keys";
import { parseSpec } from "../../infra/config/parse";
import type { Problem } from "../../infra/config/problems";
import { keyRows, type Keys } from "../../infra/config/schema/section";
import { appSecrets, ownSecrets } from "../../infra/config/secretNames";
import { targetDefaults } from "../../infra/config/targets";
import { raw, type Raw } from "./baseline";

const root = join(__dirname, "../..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");
const table: Keys = keys;

test.each([...referenceFiles()])("%s is fresh; npm run reference makes it so", (path, fresh) => {
  expect(text(path)).toBe(fresh);
});

test("every key of the table and every one below it is in the reference, with an example", () => {
  const rows = Object.entries(table).flatMap(([name, key]) => keyRows(key, name));
  expect(rows.length).toBeGreaterThan(50);
  for (const { at, says, example } of rows) {
    expect(text("docs/reference.md")).toContain(`| \`${at}\` |`);
    expect([at, says, example]).toEqual([at, expect.stringMatching(/\S/), expect.anything()]);
  }
});

test("sizes and the region of a target stand in its own table alone, from which the key table words its defaults", () => {
  const said = new Map(
    Object.entries(table)
      .flatMap(([name, key]) => keyRows(key, name))
      .map(({ at, default: of }) => [at, of]),
  );
  const { hostSize, databaseSize, region } = targetDefaults.aws;
  expect([hostSize, databaseSize, region].filter((word) => text("infra/config/keys.ts").includes(word))).toEqual([]);
  expect(["host.size", "host.region", "host.snapshots.every", "database.size"].map((at) => said.get(at))).toEqual([
    "s-1vcpu-2gb on digitalocean, t3.small on aws, none on local",
    "fra1 on digitalocean, eu-central-1 on aws, none on local",
    "week on digitalocean, day on aws, never on local",
    "db-s-1vcpu-1gb on digitalocean, db.t4g.micro on aws, none on local",
  ]);
});

test.each(Object.entries(table))("the example of %s is one that is taken", (name, key) => {
  const problems: Problem[] = [];
  key.type.read(key.example, name, problems);
  expect(problems).toEqual([]);
});

const schema = new Ajv({ strict: false, formats: { email: true } }).compile(JSON.parse(text("docs/webstack.schema.json")));
const judge = (file: unknown): unknown =>
  schema(file) ? "taken" : schema.errors?.map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);

test("there are stack files to look at", () => {
  expect(describedStacks()).toEqual(expect.arrayContaining(["local", "prod"]));
});

describe.each(describedStacks())("the file of %s", (stack) => {
  const file = readFileSync(stackFileOf(stack), "utf8");
  const { raw: values } = readStack(stack);

  test("is a description without problems, once its secrets are set", () => {
    const secretNames = new Set([...ownSecrets(values), "backupPassword", ...appSecrets(values)]);
    expect(() => parseSpec(values, { project: "webstack", stack: "test", secretNames })).not.toThrow();
  });

  test("is taken by the schema that its first line names", () => {
    expect(file.split("\n")[0]).toBe(
      `# yaml-language-server: $schema=${relative(dirname(stackFileOf(stack)), join(root, "docs/webstack.schema.json"))}`,
    );
    expect(judge(parse(file))).toBe("taken");
  });
});

const asFile = (values: Raw) => ({ config: Object.fromEntries(Object.entries(values).map(([key, value]) => [`webstack:${key}`, value])) });

test.each<[string, Raw]>([
  ["the baseline", raw()],
  ["a secret in its encrypted form", raw({ TOKEN: { secure: "v1:x" } })],
  ["a service of another kind", raw({ services: { bot: { kind: "command", command: ["python", "bot.py"] } } })],
  ["no database", raw({ database: { kind: "none" } })],
])("the schema takes %s", (_what, values) => {
  expect(judge(asFile(values))).toBe("taken");
});

test.each<[string, Raw, string]>([
  ["a mistyped section", raw({ databse: { engine: "mysql" } }), "/config/webstack:databse must have required property 'secure'"],
  ["a secret in clear", raw({ TOKEN: "x" }), "/config/webstack:TOKEN must be object"],
  ["a mistyped key", raw({ site: { domian: "a.fr" } }), "/config/webstack:site must NOT have additional properties"],
  [
    "a key of another kind",
    raw({ services: { web: { kind: "command", command: "a", path: "/" } } }),
    "/config/webstack:services/web must NOT have additional properties",
  ],
  [
    "a kind without what it needs",
    raw({ services: { web: { kind: "wsgi" } } }),
    "/config/webstack:services/web must have required property 'module'",
  ],
  [
    "a setting of no database",
    raw({ database: { kind: "none", engine: "mysql" } }),
    "/config/webstack:database must NOT have additional properties",
  ],
  [
    "a mistyped setting of a database of the default kind",
    raw({ database: { engin: "mysql" } }),
    "/config/webstack:database must NOT have additional properties",
  ],
  [
    "too many workers",
    raw({ services: { web: { kind: "wsgi", module: "a:b", workers: 65 } } }),
    "/config/webstack:services/web/workers must be <= 64",
  ],
])("the schema refuses %s", (_what, values, error) => {
  expect(judge(asFile(values))).toEqual(expect.arrayContaining([error]));
});

test("the project file names every key with a type Pulumi knows, a description, and an empty value; not a plain key whose default is worked out", () => {
  const { config } = parse(text("Pulumi.yaml")) as {
    readonly config: Record<string, { type: string; description: string; default: unknown }>;
  };
  expect(Object.keys(config)).toEqual(Object.keys(table).filter((name) => name !== "protect"));
  for (const [name, { type, description, default: empty }] of Object.entries(config)) {
    expect([name, description, empty]).toEqual([name, expect.stringMatching(/\.$/), { string: "", object: {}, array: [] }[type]]);
  }
});
