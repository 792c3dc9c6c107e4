import { notTakenBack, wayBack } from "../../../cli/rollback/wayBack";
import { spec, type Raw } from "../../config/baseline";

const steps = [{ name: "migrate", run: "python manage.py migrate" }];
const schema = { revision: "python manage.py schemarevision" };
const way = (overrides: Raw) => wayBack(spec(overrides));

test("where restore points are kept the database goes back with the code", () => {
  expect(way({ release: { steps, schema }, backup: { enabled: true } })).toEqual({
    options: ["--restore"],
    says: expect.stringContaining("the database with it, to the restore point from before them") as string,
  });
});

test.each<[string, Raw, string]>([
  [
    "schema",
    { release: { steps }, backup: { enabled: true } },
    "the database stays: without release.schema nobody knows whether the old code fits it",
  ],
  [
    "backups",
    { release: { steps, schema }, backup: { enabled: false } },
    "without backup.enabled no restore point is kept, and the new release serves on",
  ],
  [
    "restore points",
    { release: { steps, schema, restorePoint: false }, backup: { enabled: true } },
    "without release.restorePoint no restore point is kept, and the new release serves on",
  ],
])("without %s it is said before that the database does not go back", (_without, overrides, says) => {
  expect(way(overrides)).toEqual({ options: [], says: expect.stringContaining(says) as string });
});

test("without steps or a database only the code has to go back", () => {
  const code = { options: [], says: "the code goes back; no step of a release touches a database" };
  expect([way({ release: { schema } }), way({ release: { steps, schema }, database: { kind: "none" } })]).toEqual([code, code]);
});

test("nothing is taken back where no release served before, or the same one: then the settings are what fails", () => {
  expect([notTakenBack("", "b"), notTakenBack("b", "b"), notTakenBack("a", "b")]).toEqual([
    "no release served before",
    "release b served before, too, so that its code is not what fails",
    null,
  ]);
});
