/**
 * Every reader of a stack's file makes the same of the same text. Limit: what the engine hands over is as stackFileCases.ts has it;
 * tests/clouds/stackFile.test.ts asks the real one.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { problemsBefore } from "../../cli/beforeEngine";
import { parseDescription } from "../../cli/description";
import { rangeIn } from "../../cli/new/range";
import { checkOut } from "../../cli/review/checkout";
import { secretHashes } from "../../cli/review/secretHashes";
import { parseConfig } from "../../cli/stack";
import { checkSpec } from "../../infra/config/parse";
import { ConfigError, problemLine } from "../../infra/config/problems";
import { ownSecrets } from "../../infra/config/secretNames";
import { projectName, readEngineValues, readStackFile, stackOf } from "../../infra/config/stackFile";
import { cases, type Printed } from "./stackFileCases";

const folder = mkdtempSync(join(tmpdir(), "webstack-readers-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the engine adds of Pulumi.yaml, whose defaults are empty. */
const defaults = {
  "webstack:target": "",
  "webstack:app": "{}",
  "webstack:services": "{}",
  "webstack:secrets": "[]",
  "webstack:host": "{}",
  "webstack:database": "{}",
  "webstack:monitoring": "{}",
};

const handedOver = (engine: Readonly<Record<string, Printed>>) =>
  readEngineValues({
    values: Object.fromEntries(Object.entries({ ...defaults, ...engine }).map(([key, value]) => [key, value ?? "closed"])),
    isSecret: (key) => engine[key] === null,
  });

const printed = (engine: Readonly<Record<string, Printed>>): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries({ ...defaults, ...engine }).map(([key, value]) => [key, value === null ? { secret: true } : { value, secret: false }]),
    ),
  );

const name = "Pulumi.shop.yaml";
const lines = (read: () => unknown): readonly string[] => {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(problemLine);
  }
};
const checked = (raw: Readonly<Record<string, unknown>>, secretNames: ReadonlySet<string>) => {
  const { spec, problems } = checkSpec(raw, { project: projectName, stack: "shop", secretNames });
  return { spec, problems: problems.map(problemLine).sort() };
};

describe.each(Object.entries(cases).filter(([, { line }]) => line === undefined))("%s", (_says, { text, engine }) => {
  const values = engine as Readonly<Record<string, Printed>>;
  const file = readStackFile(text, name);

  test("is to the verbs what it is to the program", () => {
    const { raw, secretNames } = handedOver(values);
    expect(checked(file.raw, new Set(Object.keys(file.secrets)))).toEqual(checked(raw, secretNames));
    expect(file.foreign).toEqual(Object.keys(values).filter((key) => !key.startsWith("webstack:")));
  });

  test("has the target and the secrets that up, secret and status read of the engine", () => {
    const { target, required, encrypted } = parseConfig(printed(values));
    expect([target, [...encrypted].sort()]).toEqual([file.raw["target"] ?? "", Object.keys(file.secrets).sort()]);
    expect(required).toEqual(expect.arrayContaining([...ownSecrets(file.raw)]));
    expect(Object.keys(secretHashes(file)).sort()).toEqual([...encrypted].sort());
  });

  test("is drawn, described in a runbook and judged before there is an engine for the same faults, but for secrets that are not set", () => {
    const { raw, secretNames } = handedOver(values);
    const faults = checked(raw, secretNames).problems.filter((line) => !line.includes(": must be set; run npm run "));
    expect([...lines(() => parseDescription(text, "shop"))].sort()).toEqual(faults);
    const before = problemsBefore("shop", text).map(problemLine);
    expect(before).toEqual(expect.arrayContaining(faults));
  });

  test("takes the same network of this box for `new` as for `up`", () => {
    expect(rangeIn(text)).toBe(
      Object.keys(file.raw).length === 0 ? undefined : checked(handedOver(values).raw, new Set()).spec.network.range,
    );
  });
});

const refused = Object.entries(cases).flatMap(([says, { text, line }]) => (line === undefined ? [] : [[says, text, line] as const]));

test.each(refused)("%s is refused by all of them, in the same line", async (_says, text, line) => {
  for (const read of [() => readStackFile(text, name), () => parseDescription(text, "shop"), () => problemsBefore("shop", text)]) {
    expect(read).toThrow(new Error(`${name}: 1 problem\n  ${line}`));
  }
  expect(rangeIn(text)).toBeUndefined();
  const project = mkdtempSync(join(folder, "project-"));
  writeFileSync(join(project, name), text);
  for (const words of [
    ["init", "-q"],
    ["add", name],
    ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "one"],
  ])
    execFileSync("git", words, { cwd: project });
  await expect(checkOut(project, "HEAD", "shop", mkdtempSync(join(folder, "scratch-")))).rejects.toThrow(`${name}: 1 problem\n  ${line}`);
});

test("all faults of a text are told at once", () => {
  expect(
    lines(() =>
      readStackFile("config:\n  webstack:env:\n    A: 010\n    B: 2026-01-02\n  webstack:network: {range: 10.20.0.0/24}\n", name),
    ),
  ).toEqual([
    'line 3: must be in quotes, got "010"; YAML takes it for a number or a date: "010"',
    'line 4: must be in quotes, got "2026-01-02"; YAML takes it for a number or a date: "2026-01-02"',
  ]);
});

test.each([
  ["", { provider: null, salt: "" }],
  ["encryptionsalt: v1:abc\n", { provider: null, salt: "v1:abc" }],
  ["secretsprovider: passphrase\nencryptionsalt: v1:abc\n", { provider: null, salt: "v1:abc" }],
  ["secretsprovider: awskms://alias/one\nencryptedkey: AQI\n", { provider: "awskms://alias/one", salt: "AQI" }],
])("what opens the secrets of %j is %j", (text, opener) => {
  expect(readStackFile(text, name).opener).toEqual(opener);
});

test.each([
  ["Pulumi.local.yaml", "local"],
  ["Pulumi.a.b.yaml", "a.b"],
  ["Pulumi.yaml", null],
  ["Pulumi.x.yml", null],
  ["Pulumi.local.yaml.unfinished", null],
])("%s is the file of the stack %j", (file, stack) => {
  expect(stackOf(file)).toBe(stack);
});
