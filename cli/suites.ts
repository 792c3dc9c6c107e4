import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { project } from "../tools/setup/folders";
import { run } from "../tools/setup/process";
import { exampleSuites } from "./examples";
import { unittest } from "./unittest";

/** How many tests of a suite passed and failed. A check without tests of its own, such as the compiler, counts as one. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export interface Suite {
  readonly name: string;
  run(): Promise<Count>;
}

const bin = (name: string) => join(project, "node_modules", ".bin", name);

/** The levels of test, cheapest first. */
export function suites(levels: readonly string[]): Suite[] {
  return [
    { name: "types (tsc)", run: () => check(bin("tsc"), ["--noEmit"]) },
    { name: "lint (eslint)", run: () => check(bin("eslint"), ["."]) },
    { name: "hostctl (unittest)", run: () => unittest(["python3", "-m", "unittest", "discover", "-s", "hostctl/tests", "-t", "."], project) },
    ...exampleSuites(),
    ...levels.map((level) => ({ name: `${level} (jest)`, run: () => jest(level) })),
  ];
}

async function check(program: string, args: readonly string[]): Promise<Count> {
  return (await run(program, args, { cwd: project })) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function jest(level: string): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "webstack-"));
  const report = join(folder, "report.json");
  try {
    // Whoever boots machines waits much and computes little; under load, machines would wait for each other.
    const order = { machines: ["--maxWorkers=2"], loads: ["--runInBand"] }[level] ?? [];
    const status = await run(bin("jest"), ["--selectProjects", level, ...order, "--json", "--outputFile", report], { cwd: project });
    return countJest(existsSync(report) ? readFileSync(report, "utf8") : "", status);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reads jest's JSON report. A file that could not run counts as one failed test; so does a run that failed for another reason. */
export function countJest(report: string, status: number): Count {
  if (report === "") return { passed: 0, failed: 1 };
  const totals = JSON.parse(report) as { numPassedTests: number; numFailedTests: number; numRuntimeErrorTestSuites: number };
  const failed = totals.numFailedTests + totals.numRuntimeErrorTestSuites;
  return { passed: totals.numPassedTests, failed: failed === 0 && (status !== 0 || totals.numPassedTests === 0) ? 1 : failed };
}
