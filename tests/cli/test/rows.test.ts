import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { faults } from "../../machines/faults";
import { document } from "../../machines/faults/document";
import { onDebianBefore, rowsOf, suiteDebian, tables } from "../../machines/rows";

const nameOf = ({ name }: { readonly name: string }) => name;
const before = process.env.WEBSTACK_ROWS;

afterEach(() => {
  if (before === undefined) delete process.env.WEBSTACK_ROWS;
  else process.env.WEBSTACK_ROWS = before;
});

test("npm test runs the faults of the list, in the order of the table", () => {
  delete process.env.WEBSTACK_ROWS;
  const chosen = rowsOf("faults", faults, nameOf).map(nameOf);
  expect([...chosen].sort()).toEqual([...tables.faults.rows].sort());
  expect(chosen).toEqual(faults.map(nameOf).filter((name) => chosen.includes(name)));
});

test("npm run faults runs them all", () => {
  process.env.WEBSTACK_ROWS = "all";
  expect(rowsOf("faults", faults, nameOf)).toEqual(faults);
});

test("what runs once more on the Debian before are suites, whose machines have it when their run asks for it", () => {
  const names = Object.keys(onDebianBefore);
  expect(names.filter((name) => !existsSync(join(__dirname, `../../machines/${name}.test.ts`)))).toEqual([]);
  expect(suiteDebian()).toBe("debian-13");
  process.env.WEBSTACK_DEBIAN = "before";
  expect(suiteDebian()).toBe("debian-12");
  delete process.env.WEBSTACK_DEBIAN;
});

test("docs/faults.md has a row of each fault, and the words that npm run faults writes around them", () => {
  const text = readFileSync(join(__dirname, "../../../docs/faults.md"), "utf8");
  const rows = [...text.matchAll(/^\| (?!fault \||---)(.*) \|$/gm)].map(([, row = ""]) => row.split(" | "));
  expect(rows.map(([name]) => name)).toEqual(faults.map(nameOf));
  const [, date = "", box = ""] = /^Made by `npm run faults` on (\S+), on a box with (.*)\. The same rows are /m.exec(text) ?? [];
  expect(text).toBe(document(rows, date, box));
});

test("a row of the list that the table has not is an error", () => {
  expect(() => rowsOf("faults", faults.slice(1), nameOf)).toThrow(
    "tests/machines/rows.ts names rows that the table faults has not: worker killed",
  );
});
