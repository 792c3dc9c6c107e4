import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseDocument } from "yaml";
import { keepingText, keptText } from "../../cli/keepText";
import { describedStacks, stackFileOf } from "../../cli/stackFiles";

const root = resolve(__dirname, "../..");
const files = describedStacks().map((stack) => relative(root, stackFileOf(stack)));

/** As the engine writes a text: in its own way, and without blank lines. */
function engine(text: string, change: (document: ReturnType<typeof parseDocument>) => void): string {
  const document = parseDocument(text);
  change(document);
  return document.toString({ indent: 2, flowCollectionPadding: false, lineWidth: 0 }).replace(/\n(?=\n)/g, "");
}

test.each(files)("%s stays byte for byte but for the keys that are set, changed and taken away", (name) => {
  const text = readFileSync(join(root, name), "utf8");
  const secret = "  webstack:TOKEN:\n    secure: v1:abc:def\n";
  const salted = engine(text, (document) => document.set("encryptionsalt", "v1:salt"));
  const withSalt = keptText(text, salted);
  expect(withSalt.replace("encryptionsalt: v1:salt\n", "")).toBe(text);
  const set = keptText(
    withSalt,
    engine(salted, (document) => document.setIn(["config", "webstack:TOKEN"], { secure: "v1:abc:def" })),
  );
  expect([set.includes(secret), set.replace(secret, "")]).toEqual([true, withSalt]);
  const changed = keptText(
    set,
    engine(set, (document) => document.setIn(["config", "webstack:TOKEN", "secure"], "v1:other")),
  );
  expect(changed).toBe(set.replace("v1:abc:def", "v1:other"));
  expect(
    keptText(
      changed,
      engine(changed, (document) => document.deleteIn(["config", "webstack:TOKEN"])),
    ),
  ).toBe(withSalt);
});

test.each([
  ["a file that does not end its last line", "config:\n\n  a: 1 # one", "config:\n\n  a: 1 # one\n  b: 2\n"],
  [
    "a file with a key that is changed in the middle",
    "# head\n\nconfig:\n  b: 1\n\n  # of a\n  a: [1,  2]\n",
    "# head\n\nconfig:\n  b: 2\n\n  # of a\n  a: [1,  2]\n",
  ],
  ["a text over several lines", "config:\n  a: |\n    one\n    two\n\n\n", "config:\n  a: |\n    one\n    two\n  b: 2\n\n\n"],
])("%s", (_, before, after) => {
  expect(
    keptText(
      before,
      engine(before, (document) => document.setIn(["config", "b"], 2)),
    ),
  ).toBe(after);
});

test.each([
  ["in one line", "config: {a: 1}\n"],
  ["without settings", "config:\n"],
  ["that is no mapping", "one\n"],
  ["that is no YAML", "config: [\n"],
])("of a file %s what the engine wrote stays", (_, before) => {
  expect(keptText(before, "config:\n  a: 1\n  b: 2\n")).toBe("config:\n  a: 1\n  b: 2\n");
});

test("the file keeps its mode, nothing is left beside it, and a write that fails half-way is kept as the engine left it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-kept-"));
  try {
    const file = join(folder, "Pulumi.mine.yaml");
    writeFileSync(file, "config:\n\n  a: 1\n", { mode: 0o640 });
    await expect(
      keepingText(file, () => {
        writeFileSync(file, "config:\n  a: 1\n  b: 2\n");
        return Promise.reject(new Error("the engine was ended"));
      }),
    ).rejects.toThrow("the engine was ended");
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777, readdirSync(folder)]).toEqual([
      "config:\n\n  a: 1\n  b: 2\n",
      0o640,
      ["Pulumi.mine.yaml"],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a file that the engine emptied as it was ended is as before, and one that may not be replaced is as the engine wrote it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-kept-"));
  try {
    const file = join(folder, "Pulumi.mine.yaml");
    const wrote = (text: string) => keepingText(file, () => Promise.resolve(writeFileSync(file, text)));
    writeFileSync(file, "config:\n\n  a: 1\n");
    await wrote("");
    expect(readFileSync(file, "utf8")).toBe("config:\n\n  a: 1\n");
    // Root is refused nothing but this.
    mkdirSync(`${file}.unfinished`);
    await wrote("config:\n  a: 2\n");
    expect(readFileSync(file, "utf8")).toBe("config:\n  a: 2\n");
    await wrote("");
    expect(readFileSync(file, "utf8")).toBe("config:\n  a: 2\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
