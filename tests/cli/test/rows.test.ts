import { faults } from "../../machines/faults";
import { rowsOf, tables } from "../../machines/rows";

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

test("a row of the list that the table has not is an error", () => {
  expect(() => rowsOf("faults", faults.slice(1), nameOf)).toThrow("tests/machines/rows.ts names rows that the table faults has not: worker killed");
});
