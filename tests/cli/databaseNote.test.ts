import { databaseNote } from "../../cli/databaseNote";

test("names the MariaDB that stands for MySQL by its own version, and says nothing of PostgreSQL or where there is no database", () => {
  expect(databaseNote({ engine: "mysql", instance: "database-0", version: "10.11" })).toMatch(
    /^database: MariaDB 10\.11 stands for MySQL here\. /,
  );
  expect([databaseNote({ engine: "postgres", instance: "database-0", version: "17" }), databaseNote(null)]).toEqual([null, null]);
});
