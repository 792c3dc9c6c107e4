/**
 * What is kept apart of a stack of this box, and how it gets there, is brought up to date, and comes back. Limit: texts as the engine
 * writes them; tests/clouds/engineFile.test.ts has the real one write.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineFileOf, keepingSettings } from "../../cli/privateFile";
import { contradictions, describingText, wholeText, withSettings } from "../../cli/privateText";
import { privateFileOf, readStack } from "../../cli/stackFiles";
import { readStackFile } from "../../infra/config/stackFile";

const described = `# Ours.

config:
  webstack:target: local

  # Another stack needs another.
  webstack:network:
    range: 10.20.9.0/24 # here
  webstack:env: {DAY: "2026-01-02", PIN: "010"}
`;
const secrets = "  webstack:TOKEN:\n    secure: v1:a:b\n";
const salt = "encryptionsalt: v1:one\n";
const full = `${described}${secrets}${salt}`;
const headed = (text: string): string =>
  `# Made by the verbs of Pulumi.shop.yaml, which is yours to change, and of what this box keeps to itself.\n${text}`;

let folder = "";
const [file, apart] = [() => join(folder, "Pulumi.shop.yaml"), () => privateFileOf("shop", folder)];
const read = (path: string): string | null => (existsSync(path) ? readFileSync(path, "utf8") : null);
const both = () => [read(file()), read(apart())];
const put = (own: string, kept: string | null = null) => {
  writeFileSync(file(), own);
  mkdirSync(join(folder, ".webstack"), { recursive: true });
  if (kept !== null) writeFileSync(apart(), kept);
};

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "webstack-private-"))));
afterEach(() => rmSync(folder, { recursive: true }));

describe("the secrets of a stack of this box", () => {
  test("move out of its file, which is as it was before they came, and are the same bytes", () => {
    put(full);
    expect(engineFileOf("shop", folder)).toBe(apart());
    expect(both()).toEqual([described, headed(full)]);
    expect(readStack("shop", folder)).toEqual(readStackFile(full, ""));
  });

  test("are in both files when the move is killed between its two writes, and the next time ends it", () => {
    put(full, headed(full));
    expect(engineFileOf("shop", folder)).toBe(apart());
    expect(both()).toEqual([described, headed(full)]);
  });

  test("stay when the file is changed or pulled, and the engine reads the new settings", () => {
    put(described, full);
    const pulled = described.replace("10.20.9.0", "10.20.8.0").replace("# Ours.", "# Theirs.");
    put(pulled);
    engineFileOf("shop", folder);
    expect(both()).toEqual([pulled, headed(`${pulled}${secrets}${salt}`)]);
  });

  test("come along where somebody sets one more in the file under the same salt, and nothing else of it is taken over", () => {
    put(`${described}${secrets.replace("TOKEN", "OTHER")}${salt}`, full);
    engineFileOf("shop", folder);
    expect(both()).toEqual([described, headed(`${described}${secrets.replace("TOKEN", "OTHER")}${secrets}${salt}`)]);
  });

  test("stay where the engine, run by hand, writes a salt of its own into the file, which opens nothing", () => {
    put(`${described}encryptionsalt: v1:two\n`, full);
    engineFileOf("shop", folder);
    expect(both()).toEqual([described, headed(full)]);
  });

  test.each([
    ["another value", `${described}${secrets.replace("v1:a:b", "v1:c:d")}${salt}`],
    ["another salt", `${described}${secrets}${salt.replace("one", "two")}`],
  ])("that the file has with %s are refused, and nothing is changed", (_says, own) => {
    put(own, full);
    expect(() => engineFileOf("shop", folder)).toThrow(
      "Pulumi.shop.yaml must have no other secrets than .webstack/Pulumi.shop.yaml, which hosts of shop run with, got other ones " +
        "of TOKEN; take them out of Pulumi.shop.yaml, or move .webstack/Pulumi.shop.yaml away to go on with them",
    );
    expect(both()).toEqual([own, full]);
  });

  test("go back into the file where the stack becomes one of a cloud", () => {
    const cloud = described.replace("target: local", "target: aws");
    put(cloud, full);
    expect(engineFileOf("shop", folder)).toBe(file());
    expect(both()).toEqual([`${cloud}${secrets}${salt}`, null]);
  });

  test("are still there where the file is gone, and where the engine is ended as it empties theirs they count as none", () => {
    put(described, full);
    rmSync(file());
    expect([engineFileOf("shop", folder), read(apart())]).toEqual([apart(), full]);
    put(described, "");
    expect([engineFileOf("shop", folder), read(apart())]).toEqual([apart(), headed(described)]);
  });
});

test("a fault of the stack's own file is told by the line that it has there", () => {
  put("config:\n  webstack:app: name: shop\n", full);
  for (const reads of [() => readStack("shop", folder), () => engineFileOf("shop", folder)])
    expect(reads).toThrow(/^Pulumi\.shop\.yaml: 1 problem\n {2}line 2: must be YAML, got "webstack:app: name: shop"/);
  expect(read(apart())).toBe(full);
});

test("of a stack in a cloud nothing is kept apart", () => {
  const cloud = full.replace("target: local", "target: digitalocean");
  put(cloud);
  expect([engineFileOf("shop", folder), ...both()]).toEqual([file(), cloud, null]);
});

test("what the engine sets is a setting in the stack's own file, and a secret in the other alone", async () => {
  put(described, full);
  await keepingSettings(
    "shop",
    () => {
      writeFileSync(
        apart(),
        full.replace("10.20.9.0/24 # here", "10.20.7.0/24").replace(secrets, `${secrets}  webstack:MORE:\n    secure: v1:e:f\n`),
      );
      return Promise.resolve();
    },
    folder,
  );
  expect(read(file())).toBe(described.replace("10.20.9.0/24 # here", "10.20.7.0/24"));
  engineFileOf("shop", folder);
  expect(readStack("shop", folder).secrets).toEqual({ TOKEN: "v1:a:b", MORE: "v1:e:f" });
});

test("a text that cannot be changed in place is written anew, and no word of it becomes a number or a date to the engine", () => {
  const flow = 'config: {"webstack:target": local, "webstack:env": {DAY: "2026-01-02", PIN: "010", SIZE: "1_000"}}\n';
  const whole = wholeText(flow, full);
  expect(readStackFile(whole, "").raw).toEqual(readStackFile(flow, "").raw);
  expect(readStackFile(whole, "").secrets).toEqual({ TOKEN: "v1:a:b" });
  expect(readStackFile(describingText(whole), "")).toEqual(readStackFile(flow, ""));
});

test("what an empty file, one without settings and one with nothing but secrets come to", () => {
  expect([wholeText("", null), describingText(""), wholeText("config:\n", null), contradictions("", "")]).toEqual([
    "{}\n",
    "",
    "config:\n",
    [],
  ]);
  expect(readStackFile(wholeText("config:\n", full), "").secrets).toEqual({ TOKEN: "v1:a:b" });
  expect(withSettings(described, full, full)).toBe(described);
});
