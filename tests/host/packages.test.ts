import { webPackages } from "../../infra/host/packages";
import { spec } from "../config/baseline";

test.each([
  ["postgres", "postgresql-client-17", "mariadb-client"],
  ["mysql", "mariadb-client", "postgresql-client-17"],
])("a host that backs up %s has its client and not the other's", (engine, client, other) => {
  const packages = webPackages(spec({ database: { engine } }));
  expect(packages).toContain(client);
  expect(packages).not.toContain(other);
});

test("a host without backups has the database's client, by which it looks for waiting sessions, and no restic", () => {
  expect(webPackages(spec({ backup: { enabled: false } })).filter((name) => /client|restic/.test(name))).toEqual(["postgresql-client-17"]);
});
