import { join } from "node:path";
import { project } from "../../tools/setup/folders";
import { child } from "./child";
import type { Count, Result, Suite } from "./suite";

const bin = (name: string) => join(project, "node_modules/.bin", name);

/** The checks that are no level of jest: the compiler, the linter, hostctl's own tests. */
export function checks(minutes: (name: string) => number): Suite[] {
  const suite = (name: string, run: () => Promise<Result>): Suite => ({ name, place: "processor", minutes: minutes(name), files: [], run });
  return [
    suite("types", () => check(bin("tsc"), ["--noEmit"])),
    suite("lint", () => check(bin("eslint"), ["."])),
    suite("hostctl", () => unittest(["python3", "-m", "unittest", "discover", "-s", "hostctl/tests", "-t", "."], project)),
  ];
}

async function check(program: string, words: readonly string[]): Promise<Result> {
  const { status, output } = await child(program, words, { nice: true });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, tests: [], output };
}

/** Tests that end as Python's unittest does, Django's among them. */
export async function unittest([program = "", ...words]: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const { output } = await child(program, words, { cwd, env, nice: true });
  return { ...countUnittest(output), tests: [], output };
}

/** Reads the last lines of `python3 -m unittest`: "Ran 12 tests in 0.3s", "FAILED (failures=1, errors=2)". No tests at all is a failure, and so is a skipped one. */
export function countUnittest(report: string): Count {
  const ran = Number(/^Ran (\d+) tests? in/m.exec(report)?.[1] ?? 0);
  const broken = [...report.matchAll(/\b(?:failures|errors|skipped)=(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  const ended = /^(OK|FAILED)\b/m.test(report);
  const failed = ran === 0 || !ended ? Math.max(broken, 1) : broken;
  return { passed: Math.max(ran - failed, 0), failed };
}
