import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { project } from "../../tools/setup/folders";
import { child, type ChildOptions } from "./child";
import type { Count, Ran, Result, Suite } from "./suite";

/** The part of jest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly Assertion[];
  }[];
}

interface Assertion {
  readonly fullName: string;
  readonly duration?: number | null;
  readonly status: string;
  readonly failureMessages?: readonly string[];
}

/** Tests of one level of jest.config.mjs: all of them, or those of some files. */
export function jestSuite(
  level: string,
  about: Pick<Suite, "name" | "place" | "minutes" | "beside" | "stack" | "night">,
  files: readonly string[],
): Suite {
  return {
    ...about,
    files,
    run: (asked) => jest(level, files, { ...asked, nice: about.place === "processor" }),
    narrowed: (some) => jestSuite(level, about, some),
  };
}

interface Options extends Pick<ChildOptions, "env" | "nice" | "print"> {
  /** Of the names of the tests that are meant; all of them without one. */
  readonly pattern?: string;
}

/** Runs tests of one level. */
export async function jest(level: string, files: readonly string[], { pattern = "", ...options }: Options): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "webstack-"));
  const file = join(folder, "report.json");
  try {
    const named = pattern === "" ? [] : ["--testNamePattern", pattern];
    const words = [
      "--selectProjects",
      level,
      "--json",
      "--outputFile",
      file,
      ...(files.length === 1 ? ["--runInBand"] : ["--maxWorkers=2"]),
      ...named,
      "--runTestsByPath",
      ...files,
    ];
    const { status, output } = await child(join(project, "node_modules/.bin/jest"), words, options);
    const report = existsSync(file) ? readFileSync(file, "utf8") : "";
    return { ...countJest(report, status), tests: testsOf(report), output };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads jest's JSON report. A file that could not run counts as one failed test; so does a run that failed for another reason. */
export function countJest(report: string, status: number): Count {
  if (report === "") return { passed: 0, failed: 1 };
  const totals = JSON.parse(report) as Report;
  const failed = totals.numFailedTests + totals.numRuntimeErrorTestSuites;
  return { passed: totals.numPassedTests, failed: failed === 0 && (status !== 0 || totals.numPassedTests === 0) ? 1 : failed };
}

/** The tests of jest's JSON report that ran. */
export function testsOf(report: string): Ran[] {
  if (report === "") return [];
  const { testResults = [] } = JSON.parse(report) as Report;
  return testResults.flatMap(({ name, status: ended, message = "", assertionResults }) => {
    const file = relative(project, name);
    // A file that does not load has no tests, and is to be run again all the same.
    if (assertionResults.length === 0 && ended === "failed") return [{ name: "does not load", file, milliseconds: 0, failure: message }];
    const ran = assertionResults.filter(({ status }) => status === "passed" || status === "failed");
    return ran.map(({ fullName, duration, status, failureMessages = [] }) => ({
      name: fullName,
      file,
      milliseconds: duration ?? 0,
      failure: status === "failed" ? failureMessages.join("\n") : null,
    }));
  });
}
