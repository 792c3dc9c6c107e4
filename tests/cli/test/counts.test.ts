import { countJest, testsOf } from "../../../cli/test/jest";
import { countUnittest } from "../../../cli/test/unittest";

test.each([
  ["Ran 12 tests in 0.3s\n\nOK", 0, { passed: 12, failed: 0 }],
  ["Ran 1 test in 0.3s\n\nOK\nDestroying test database for alias 'default'...", 0, { passed: 1, failed: 0 }],
  ["Ran 12 tests in 0.3s\n\nOK (skipped=2)", 0, { passed: 10, failed: 2 }],
  ["Ran 12 tests in 0.3s\n\nFAILED (failures=1, errors=2)", 1, { passed: 9, failed: 3 }],
  ["Ran 12 tests in 0.3s\n\nFAILED (unexpected successes=1)", 1, { passed: 11, failed: 1 }],
  ["Ran 12 tests in 0.3s\n\nOK\nOperationalError: the test database cannot be dropped", 1, { passed: 11, failed: 1 }],
  ["Ran 0 tests in 0.0s\n\nOK", 0, { passed: 0, failed: 1 }],
  ["Ran 0 tests in 0.0s\n\nNO TESTS RAN", 5, { passed: 0, failed: 1 }],
  ["SyntaxError: invalid syntax", 1, { passed: 0, failed: 1 }],
  ["", 0, { passed: 0, failed: 1 }],
])("unittest's %j with status %i counts as %j", (report, status, count) => {
  expect(countUnittest(report, status)).toEqual(count);
});

const totals = { numPassedTests: 5, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

test.each([
  ["a green run", totals, 0, { passed: 5, failed: 0 }],
  ["a failed test", { ...totals, numFailedTests: 1 }, 1, { passed: 5, failed: 1 }],
  ["a file that does not load", { ...totals, numRuntimeErrorTestSuites: 1 }, 1, { passed: 5, failed: 1 }],
  ["a run that fails although its tests pass", totals, 1, { passed: 5, failed: 1 }],
  ["a run without tests", { ...totals, numPassedTests: 0 }, 0, { passed: 0, failed: 1 }],
])("jest: %s", (_name, report, status, count) => {
  expect(countJest(JSON.stringify(report), status)).toEqual(count);
});

test("jest without a report is a failure", () => {
  expect(countJest("", 1)).toEqual({ passed: 0, failed: 1 });
});

test("each test of a report has its file and its time, and a file that does not load is a test that failed", () => {
  const testResults = [
    {
      name: `${process.cwd()}/tests/plan/cost.test.ts`,
      status: "failed",
      assertionResults: [
        { fullName: "a price", duration: 12, status: "passed" },
        { fullName: "another", duration: null, status: "failed", failureMessages: ["Error: 2 is not 3"] },
        { fullName: "a third", duration: null, status: "pending" },
      ],
    },
    { name: `${process.cwd()}/tests/plan/names.test.ts`, status: "failed", message: "Cannot find module", assertionResults: [] },
  ];
  expect(testsOf(JSON.stringify({ ...totals, testResults }))).toEqual([
    { name: "a price", file: "tests/plan/cost.test.ts", milliseconds: 12, failure: null },
    { name: "another", file: "tests/plan/cost.test.ts", milliseconds: 0, failure: "Error: 2 is not 3" },
    { name: "does not load", file: "tests/plan/names.test.ts", milliseconds: 0, failure: "Cannot find module" },
  ]);
});
