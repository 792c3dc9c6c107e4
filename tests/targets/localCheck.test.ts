import { planStack } from "../../infra/plan";
import { check } from "../../infra/targets/local/check";
import { spec } from "../config/baseline";

const databaseProblems = (database: Readonly<Record<string, unknown>>) =>
  check(planStack(spec({ database }))).filter(({ at }) => at.startsWith("database."));

test.each([[{ engine: "postgres" }], [{ engine: "mysql" }], [{ engine: "mysql", version: "10.11" }]])("a rehearsal takes %j", (database) => {
  expect(databaseProblems(database)).toEqual([]);
});

test("credits are another target's", () => {
  expect(check(planStack(spec({ host: { cpuCredits: "standard" } }))).filter(({ at }) => at.startsWith("host."))).toEqual([
    { at: "host.cpuCredits", must: "must be left out when target is local, which has no credits", got: "standard" },
  ]);
});

test("records of names are another target's work", () => {
  const about = (site: Readonly<Record<string, unknown>>) => check(planStack(spec({ site }))).filter(({ at }) => at.startsWith("site."));
  expect(about({ existingRecords: "replace", caa: "all" })).toEqual([
    { at: "site.existingRecords", must: "must be left out when target is local, which makes no records", got: "replace" },
    { at: "site.caa", must: "must be left out when target is local, which makes no records", got: "all" },
  ]);
});
