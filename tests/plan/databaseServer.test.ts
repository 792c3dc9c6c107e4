import { debianNames } from "../../infra/config/catalog/debian";
import { serverDebian, serverVersion } from "../../infra/plan/databaseServer";

test.each(["postgres", "mysql"] as const)("the Debian of a version of %s is the one whose packages have it", (engine) => {
  expect(debianNames.map((debian) => serverDebian({ engine, version: serverVersion(engine, debian) }))).toEqual(debianNames);
});

test("a version that no Debian has is an error", () => {
  expect(() => serverDebian({ engine: "mysql", version: "8.4" })).toThrow("no Debian has mysql 8.4");
});
