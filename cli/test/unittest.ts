import { child } from "./child";
import type { Asked, Count, Result } from "./suite";

/** Runs tests that end as Python's unittest does, Django's among them. */
export async function unittest([program = "", ...words]: readonly string[], cwd: string, asked: Asked): Promise<Result> {
  const { status, output } = await child(program, words, { ...asked, cwd, nice: true });
  return { ...countUnittest(output, status), tests: [], output };
}

/**
 * Reads the last lines of `python3 -m unittest`: "Ran 12 tests in 0.3s", "FAILED (failures=1, errors=2)". No tests at all is a failure, and
 * so is a skipped one or a run that ends with another status than 0.
 */
export function countUnittest(report: string, status: number): Count {
  const ran = Number(/^Ran (\d+) tests? in/m.exec(report)?.[1] ?? 0);
  const broken = [...report.matchAll(/\b(?:failures|errors|skipped|successes)=(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  const whole = ran > 0 && status === 0 && /^OK\b/m.test(report);
  const failed = whole ? broken : Math.max(broken, 1);
  return { passed: Math.max(ran - failed, 0), failed };
}
