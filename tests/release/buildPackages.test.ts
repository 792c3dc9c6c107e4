import { buildPackagesFor } from "../../infra/release/buildPackages";

test("nothing is compiled with nothing; a package that is not known needs the compiler alone", () => {
  expect(buildPackagesFor([])).toEqual([]);
  expect(buildPackagesFor(["uwsgi"])).toEqual(["gcc", "python3-dev"]);
});

test("what several packages need is named once, in order", () => {
  expect(buildPackagesFor(["psycopg2", "mysqlclient", "xmlsec", "lxml"])).toEqual([
    "gcc",
    "libmariadb-dev",
    "libpq-dev",
    "libxml2-dev",
    "libxmlsec1-dev",
    "libxmlsec1-openssl",
    "libxslt1-dev",
    "pkgconf",
    "python3-dev",
  ]);
});
