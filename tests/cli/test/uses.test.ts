import { readdirSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { failures, report } from "../../../cli/test/report";
import { allSuites } from "../../../cli/test/suites";
import { beyond, usesIn } from "../../../cli/test/uses";
import { costs } from "../../costs";

const root = resolve(__dirname, "../../..");
const none = { boots: 0, load: 0, shared: [] };

test("what the tests of a suite wrote down is added up", () => {
  const folder = mkdtempSync(join(tmpdir(), "uses-"));
  writeFileSync(join(folder, "record"), '{"boots":2}\n{"load":9.6}\n{"boots":1}\n{"shared":"shop"}\n{"load":3}\n');
  expect(usesIn(join(folder, "record"))).toEqual({ boots: 3, load: 13, shared: ["shop"] });
  expect(usesIn(join(folder, "none"))).toEqual(none);
  rmSync(folder, { recursive: true });
});

test("a suite that takes more than its row says is told so, with both figures", () => {
  const row = { minutes: 1, boots: 2, load: 10 };
  expect(beyond("machines/x", { ...none, boots: 2, load: 10 }, row)).toBeNull();
  expect(beyond("machines/x", { ...none, boots: 3, load: 11 }, row)).toBe(
    "machines/x costs more than tests/costs.ts says: 3 machines booted, must be at most 2; 11 s of load, must be at most 10",
  );
  expect(beyond("machines/x", { ...none, boots: 3 }, undefined)).toBe(
    "machines/x has no row in tests/costs.ts; it booted 3 machines and held 0 s of load",
  );
});

test("every suite has its row, and every row its suite", () => {
  const there = allSuites().map(({ name }) => name);
  expect(Object.keys(costs).sort()).toEqual(there.sort());
  expect(there.filter((name) => name.startsWith("machines/"))).toHaveLength(
    readdirSync(join(root, "tests/machines")).filter((name) => name.endsWith(".test.ts")).length,
  );
});

test("a run ends with the longest suites, what they asked of the box, and the ten slowest tests", () => {
  const tests = Array.from({ length: 12 }, (_, index) => ({ name: `t${index}`, file: "f", milliseconds: index * 1000, failure: null }));
  const text = report(
    [
      { suite: "pure", passed: 12, failed: 0, milliseconds: 30_000, tests, output: "", uses: none },
      {
        suite: "machines/x",
        passed: 3,
        failed: 1,
        milliseconds: 90_000,
        tests: [],
        output: "",
        uses: { boots: 2, load: 10, shared: ["shop"] },
      },
    ],
    100_000,
  );
  expect(text).toBe(
    [
      "Suites, the longest first; 100 s in all, several at a time:",
      "  machines/x  1.5 min; 3 passed, 1 failed; 2 machines booted; 10 s of load; on the stack shop, which was up",
      "  pure        0.5 min; 12 passed, 0 failed",
      "",
      "The ten slowest tests:",
      ...[11, 10].map((index) => `  ${index} s   pure: t${index}`),
      ...[9, 8, 7, 6, 5, 4, 3, 2].map((index) => `  ${index}.0 s  pure: t${index}`),
    ].join("\n"),
  );
});

test("what failed is told once more: a test with what its runner says, a suite without tests with its last lines, and what passed not at all", () => {
  const about = { file: "f", milliseconds: 0 };
  const long = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
  const text = failures([
    {
      suite: "pure",
      passed: 1,
      failed: 1,
      milliseconds: 0,
      tests: [
        { ...about, name: "one", failure: null },
        { ...about, name: "two", failure: "Error: 2 is not 3\n  at f" },
      ],
      output: "much",
      uses: none,
    },
    { suite: "machines/x", passed: 0, failed: 1, milliseconds: 0, tests: [], output: `${long}\n`, uses: none },
    { suite: "lint", passed: 1, failed: 0, milliseconds: 0, tests: [], output: "fine", uses: none },
  ]);
  const last = Array.from({ length: 30 }, (_, index) => `  line ${index + 10}`);
  expect(text).toBe(["FAILED pure: two", "  Error: 2 is not 3", "    at f", "", "FAILED machines/x", ...last].join("\n"));
});
