import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { exampleSuites, serverFor, testArguments } from "../../../cli/test/examples";
import { allSuites } from "../../../cli/test/suites";
import { withMariadb } from "../../../tools/mariadb";
import { withPostgres } from "../../../tools/postgres";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "examples-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

/** An example with empty files. Result: its folder. */
function example(name: string, ...files: readonly string[]): string {
  for (const file of files) {
    mkdirSync(dirname(join(parent, name, file)), { recursive: true });
    writeFileSync(join(parent, name, file), "");
  }
  return join(parent, name);
}

test("every folder below examples is a suite of npm test", () => {
  const folders = readdirSync(join(__dirname, "../../../examples"));
  expect(folders).toEqual(expect.arrayContaining(["bitcoin", "booking", "ocpizza"]));
  const names = allSuites().map((suite) => suite.name);
  expect(names).toEqual(expect.arrayContaining(folders.map((name) => `examples/${name}`)));
});

test("a new folder is found by itself, a file beside it is none", () => {
  example("shop", "tests/test_a.py");
  example("news", "README.md");
  example(".", "README.md");
  expect(exampleSuites(() => 1, parent).map((suite) => suite.name)).toEqual(["examples/news", "examples/shop"]);
});

test("how tests are run follows from what lies in the folder", () => {
  expect(testArguments(example("django", "manage.py", "requirements.txt", "tests/test_a.py"))).toEqual(["manage.py", "test"]);
  expect(testArguments(example("plain", "requirements.txt", "tests/__init__.py", "tests/test_a.py"))).toEqual([
    "-m",
    "unittest",
    "discover",
    "-s",
    "tests",
    "-t",
    ".",
  ]);
});

test("tests have the database whose driver an example has; PostgreSQL where it has both", () => {
  expect(serverFor("flask==3.1 \\\n")).toBe(null);
  expect(serverFor("fastapi==0.1 \\\n    # via psycopg\npymysql==1.2 \\\n")).toBe(withMariadb);
  expect(serverFor("psycopg==3.3 \\\npymysql==1.2 \\\n")).toBe(withPostgres);
});

test.each([
  ["no tests", ["manage.py", "requirements.txt"], "examples/shop has no tests: no file tests/test*.py"],
  [
    "a folder tests with none in it",
    ["manage.py", "requirements.txt", "tests/__init__.py", "tests/latest.py"],
    "examples/shop has no tests: no file tests/test*.py",
  ],
  ["no packages", ["manage.py", "tests/test_a.py"], "examples/shop has no packages: no file requirements.txt, with hashes"],
  ["neither", ["README.md"], "examples/shop has no tests: no file tests/test*.py, and no packages: no file requirements.txt, with hashes"],
])("an example with %s fails and says so", async (_name, files, message) => {
  example("shop", ...files);
  await expect(exampleSuites(() => 1, parent)[0]?.run({ env: {}, print: () => undefined })).rejects.toThrow(new Error(message));
});
