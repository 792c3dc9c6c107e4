import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { withMariadb } from "../../tools/mariadb";
import { withPostgres } from "../../tools/postgres";
import { project } from "../../tools/setup/folders";
import { venvOf } from "../../tools/setup/venv";
import type { Asked, Result, Suite } from "./suite";
import { unittest } from "./unittest";

/** One suite for each folder of `parent`, by its name: an example cannot be left out. */
export function exampleSuites(minutes: (name: string) => number, parent = join(project, "examples")): Suite[] {
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }): Suite => ({
      name: `examples/${name}`,
      place: "processor",
      minutes: minutes(`examples/${name}`),
      files: [],
      run: (asked) => runTests(join(parent, name), asked),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The example's own tests, with the very packages that its hosts install and, where a database's driver is among them, a database. */
async function runTests(folder: string, asked: Asked): Promise<Result> {
  const tests = testArguments(folder);
  const requirements = join(folder, "requirements.txt");
  const python = await venvOf(requirements);
  const run = (env = {}) => unittest([python, ...tests], folder, { ...asked, env: { ...asked.env, ...env } });
  const withServer = serverFor(readFileSync(requirements, "utf8"));
  return withServer === null ? run() : withServer((url) => run({ DATABASE_URL: url }));
}

/** The database that an app's packages are for: PostgreSQL where they have its driver, else MariaDB where they have that one's; or none. */
export function serverFor(requirements: string): typeof withPostgres | null {
  const has = (name: string) => new RegExp(`^${name}==`, "m").test(requirements);
  return has("psycopg") ? withPostgres : has("pymysql") ? withMariadb : null;
}

/** What Python is asked to run in an example's folder. Error: what the folder lacks. */
export function testArguments(folder: string): string[] {
  const has = (path: string) => existsSync(join(folder, path));
  const tests = has("tests") && readdirSync(join(folder, "tests")).some((name) => /^test.*\.py$/.test(name));
  const lacks = [
    ...(tests ? [] : ["tests: no file tests/test*.py"]),
    ...(has("requirements.txt") ? [] : ["packages: no file requirements.txt, with hashes"]),
  ];
  if (lacks.length > 0) throw new Error(`examples/${basename(folder)} has no ${lacks.join(", and no ")}`);
  return has("manage.py") ? ["manage.py", "test"] : ["-m", "unittest", "discover", "-s", "tests", "-t", "."];
}
