import { choose, wishOf } from "../../../cli/test/choose";
import { jestSuite } from "../../../cli/test/jest";
import type { Suite } from "../../../cli/test/suite";
import { UsageError } from "../../../cli/terminal";

const check: Suite = { name: "types", place: "processor", minutes: 1, files: [], run: () => Promise.reject(new Error("not asked")) };
const pure = jestSuite("pure", { name: "pure", place: "processor", minutes: 1 }, ["tests/plan/cost.test.ts", "tests/plan/names.test.ts"]);
const site = jestSuite("machines", { name: "machines/site", place: "machines", minutes: 1 }, ["tests/machines/site.test.ts"]);
const night = jestSuite("machines", { name: "machines/review-cloud", place: "machines", minutes: 1, night: true }, [
  "tests/machines/review-cloud.test.ts",
]);
const all = [check, pure, site, night];

const chosen = (words: readonly string[], failures = {}, touched: (suite: Suite) => readonly string[] | "whole" = () => "whole") =>
  choose(all, wishOf(words), failures, touched).map(({ name, files }) => [name, files.map((file) => file.split("/").at(-1))]);

test("without words everything runs", () => {
  expect(chosen([])).toEqual([
    ["types", []],
    ["pure", ["cost.test.ts", "names.test.ts"]],
    ["machines/site", ["site.test.ts"]],
  ]);
});

test("--no-machines leaves out what boots machines", () => {
  expect(chosen(["--no-machines"]).map(([name]) => name)).toEqual(["types", "pure"]);
});

test("--only takes a part of a suite's name, or of a file's, and may be said twice", () => {
  expect(chosen(["--only", "site"])).toEqual([["machines/site", ["site.test.ts"]]]);
  expect(chosen(["--only", "plan/cost", "--only", "types"])).toEqual([
    ["types", []],
    ["pure", ["cost.test.ts"]],
  ]);
});

test("what is of the night runs for who names it", () => {
  expect(chosen(["--only", "review-cloud"])).toEqual([["machines/review-cloud", ["review-cloud.test.ts"]]]);
});

test("--failed runs again the files that failed, and whole suites that know no files", () => {
  expect(chosen(["--failed"], { pure: ["tests/plan/names.test.ts"], types: [] })).toEqual([
    ["types", []],
    ["pure", ["names.test.ts"]],
  ]);
});

test("--changed takes of each suite what is touched", () => {
  const touched = ({ name }: Suite) => (name === "pure" ? ["tests/plan/cost.test.ts"] : []);
  expect(chosen(["--changed"], {}, touched)).toEqual([["pure", ["cost.test.ts"]]]);
  expect([
    wishOf(["--changed"]).changedSince,
    wishOf(["--changed", "HEAD~3"]).changedSince,
    wishOf(["--changed", "--no-machines"]).changedSince,
  ]).toEqual(["HEAD", "HEAD~3", "HEAD"]);
});

test.each<[string[], string]>([
  [["--fast"], "npm test knows no --fast; it knows --only NAME, --failed, --changed [REVISION] and --no-machines"],
  [["--only"], "npm test -- --only NAME: must be followed by a part of a suite's or a test file's name, got nothing"],
  [["--only", "nothing"], "no suite and no file of tests is named nothing; suites are types, pure, machines/site, machines/review-cloud"],
  [["--failed"], "no suite failed the last time"],
])("%j is refused", (words, message) => {
  expect(() => chosen(words)).toThrow(new UsageError(message));
});

test("nothing that changed is told as such", () => {
  expect(() => chosen(["--changed", "main"], {}, () => [])).toThrow(new UsageError("nothing that a test runs has changed since main"));
});
