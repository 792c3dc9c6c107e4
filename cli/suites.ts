import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cacheFolder, project } from "../tools/setup/folders";
import { capture, Failed, run } from "../tools/setup/process";

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
    { name: "examples/ocpizza (django)", run: () => django("ocpizza") },
    ...levels.map((level) => ({ name: `${level} (jest)`, run: () => jest(level) })),
  ];
}

async function check(program: string, args: readonly string[]): Promise<Count> {
  return (await run(program, args, { cwd: project })) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Tests that end as Python's unittest does, Django's among them. */
async function unittest([program = "", ...args]: readonly string[], cwd: string): Promise<Count> {
  const report = await capture("sh", ["-c", '"$@" 2>&1', "sh", program, ...args], { cwd }).catch((error: unknown) =>
    error instanceof Failed ? error.message : Promise.reject(error as Error),
  );
  const count = countUnittest(report);
  if (count.failed > 0) console.log(report);
  return count;
}

/** An example's own tests, with the very packages its hosts install. */
async function django(example: string): Promise<Count> {
  const folder = join(project, "examples", example);
  const requirements = join(folder, "requirements.txt");
  const name = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const venv = join(cacheFolder(), "venvs", name);
  if (!existsSync(join(venv, "complete"))) {
    await capture("python3", ["-m", "venv", "--clear", venv]);
    await capture(join(venv, "bin/pip"), ["install", "--quiet", "--require-hashes", "--only-binary=:all:", "--requirement", requirements]);
    writeFileSync(join(venv, "complete"), "");
  }
  return unittest([join(venv, "bin/python"), "manage.py", "test"], folder);
}

/** Reads the last lines of `python3 -m unittest`: "Ran 12 tests in 0.3s", "FAILED (failures=1, errors=2)". No tests at all is a failure, and so is a skipped one. */
export function countUnittest(report: string): Count {
  const ran = Number(/^Ran (\d+) tests? in/m.exec(report)?.[1] ?? 0);
  const broken = [...report.matchAll(/\b(?:failures|errors|skipped)=(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  const ended = /^(OK|FAILED)\b/m.test(report);
  const failed = ran === 0 || !ended ? Math.max(broken, 1) : broken;
  return { passed: Math.max(ran - failed, 0), failed };
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
