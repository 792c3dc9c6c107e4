import { nothingToDo } from "../../../cli/upgrade/nothingToDo";

const database = { engine: "postgres", instance: "database-0", version: "15" };

test("data move to another version than they have, and a machine that they have left is let go", () => {
  expect(nothingToDo("shop", database, "17", false)).toBeNull();
  expect(nothingToDo("shop", { ...database, leaving: ["database-1"] }, "15", true)).toBeNull();
});

test.each([
  [
    nothingToDo("shop", database, "15", false),
    "the database of shop is postgres 15 already; write the version that it shall have into Pulumi.shop.yaml, as database.version",
  ],
  [
    nothingToDo("shop", { engine: "postgres" }, "17", false),
    "the last up of shop was of a version that did not tell which database it made: npm run up -- shop with the database.version " +
      "that it has, then this again",
  ],
  [nothingToDo("shop", null, "17", false), "stack shop has no database of its own to move"],
  [nothingToDo("shop", database, null, false), "stack shop has no database of its own to move"],
  [nothingToDo("shop", database, "15", true), "stack shop keeps no machine that its data have left"],
])("%s", (said, line) => {
  expect(said).toBe(line);
});
