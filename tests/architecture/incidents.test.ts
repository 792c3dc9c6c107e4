/** The tests that docs/incidents names as guards exist, and `npm test` or `npm run faults` runs them. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { testArguments } from "../../cli/test/examples";
import { allSuites } from "../../cli/test/suites";
import { project } from "../../tools/setup/folders";

const folder = join(project, "docs/incidents");
const incidents = readdirSync(folder).filter((name) => /^\d{4}-.*\.md$/.test(name));

test.each(incidents)("%s", (name) => {
  const text = readFileSync(join(folder, name), "utf8");
  const guards = [...text.matchAll(/`((?:tests|examples)\/[^`]+\/test_?[^`/]*\.py|tests\/[^`]+\.test\.ts)`(?:, "([^"]+)")?/g)];
  expect(guards.length).toBeGreaterThan(0);
  for (const [, path = "", part] of guards) {
    expect(readFileSync(join(project, path), "utf8")).toContain(part ?? "");
    const [, example] = /^(examples\/[^/]+)\/tests\/test[^/]*\.py$/.exec(path) ?? [];
    const suite = allSuites().find(({ name: suite, files }) => suite === example || files.includes(path));
    expect([path, suite?.name, suite?.night ?? false]).toEqual([path, example ?? `machines/${basename(path, ".test.ts")}`, false]);
    if (example !== undefined) expect(testArguments(join(project, example))).toContain("test");
  }
});
