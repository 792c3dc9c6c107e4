/**
 * Where the file of a stack is sought, and how the engine, which seeks it beside Pulumi.yaml alone, gets to it. Limit: what the real engine
 * writes there is shown by tests/clouds/engineFile.test.ts.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { besideFile, seeksFile, withConfigFile, writesFile } from "../../cli/engineFile";
import { describedStacks, readStack, stackFileOf } from "../../cli/stackFiles";

let folder = "";
const write = (path: string, text = "config:\n  webstack:target: local\n") => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "webstack-files-"));
  write("Pulumi.yaml");
  write("Pulumi.local.yaml");
  write("examples/shop/Pulumi.shop-prod.yaml", "config:\n  webstack:target: aws\n");
  write("examples/shop/deeper/Pulumi.deep.yaml");
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a stack is described in the project's folder or beside its example, and one that is not yet would be in the project's", () => {
  expect([...describedStacks(folder)].sort()).toEqual(["local", "shop-prod"]);
  expect(["local", "shop-prod", "new"].map((stack) => stackFileOf(stack, folder))).toEqual(
    ["Pulumi.local.yaml", "examples/shop/Pulumi.shop-prod.yaml", "Pulumi.new.yaml"].map((path) => join(folder, path)),
  );
  expect(readStack("shop-prod", folder).raw).toEqual({ target: "aws" });
});

test("a stack with two files is refused with both, and no other stack is", () => {
  write("Pulumi.shop-prod.yaml");
  write("examples/other/Pulumi.shop-prod.yaml");
  expect(() => stackFileOf("shop-prod", folder)).toThrow(
    "stack shop-prod must have one file, got Pulumi.shop-prod.yaml and examples/other/Pulumi.shop-prod.yaml and " +
      "examples/shop/Pulumi.shop-prod.yaml; rename one of them, which makes it another stack",
  );
  expect([stackFileOf("local", folder), [...describedStacks(folder)].sort()]).toEqual([
    join(folder, "Pulumi.local.yaml"),
    ["local", "shop-prod"],
  ]);
});

test.each([
  ["up --yes", "up --yes --config-file F"],
  ["destroy", "destroy --config-file F"],
  ["dn", "dn --config-file F"],
  ["config set --secret A", "config set --secret A --config-file F"],
  ["config set A -- -x", "config set A --config-file F -- -x"],
  ["up --config-file own.yaml", "up --config-file own.yaml"],
  ["up --config-file=own.yaml", "up --config-file=own.yaml"],
  ["stack output", "stack output"],
  ["cancel", "cancel"],
])("of %s the engine is told as %s", (words, told) => {
  expect(withConfigFile(words.split(" "), "F").join(" ")).toBe(told);
});

test("commands that seek the file themselves, and those that write it, are known by all of their names", () => {
  const words = [
    "stack init x",
    "stack rename y",
    "stack rm",
    "stack change-secrets-provider awskms://x",
    "config set a b",
    "config rm a",
    "config",
    "config --json",
    "config get a",
    "stack output",
    "up",
  ];
  expect(words.filter((line) => seeksFile(line.split(" ")))).toEqual(words.slice(0, 4));
  expect(words.filter((line) => writesFile(line.split(" ")))).toEqual(words.slice(0, 6));
});

test("what is written, renamed and taken away beside a Pulumi.yaml that is lent happens to the file itself", async () => {
  const file = stackFileOf("shop-prod", folder);
  const lent = (use: (path: string) => void) =>
    besideFile("shop-prod", file, file, (place) => {
      expect(readFileSync(join(place, "Pulumi.yaml"), "utf8")).toBe("name: webstack\nruntime: nodejs\n");
      use(join(place, "Pulumi.shop-prod.yaml"));
      return Promise.resolve(place);
    });
  const place = await lent((path) => writeFileSync(path, "config: {}\n"));
  expect([readFileSync(file, "utf8"), existsSync(place)]).toEqual(["config: {}\n", false]);
  await lent((path) => renameSync(path, join(path, "../Pulumi.shop-two.yaml")));
  expect([existsSync(file), readFileSync(join(folder, "examples/shop/Pulumi.shop-two.yaml"), "utf8")]).toEqual([false, "config: {}\n"]);
  renameSync(join(folder, "examples/shop/Pulumi.shop-two.yaml"), file);
  await expect(besideFile("shop-prod", file, file, () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  expect(existsSync(file)).toBe(true);
  await lent((path) => rmSync(path));
  expect(existsSync(file)).toBe(false);
});
