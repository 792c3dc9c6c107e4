import { planStack } from "../../../infra/plan";
import { check } from "../../../infra/targets/local/check";
import { spec } from "../../config/baseline";

const databaseProblems = (database: Readonly<Record<string, unknown>>) =>
  check(planStack(spec({ database }))).filter(({ at }) => at.startsWith("database."));

test.each([[{ engine: "postgres" }], [{ engine: "mysql" }], [{ engine: "mysql", version: "10.11" }]])(
  "a rehearsal takes %j",
  (database) => {
    expect(databaseProblems(database)).toEqual([]);
  },
);
