import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { project } from "../../tools/setup/folders";

/**
 * Of each suite that failed the last time it ran in this checkout, the files whose tests failed; none where the suite tells no files apart.
 */
export type Failures = Readonly<Record<string, readonly string[]>>;

const file = join(project, ".webstack/failed-tests.json");

export function lastFailures(): Failures {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Failures) : {};
}

/** What is known of the suites that ran now takes the place of what was known before; other suites stay as they are. */
export function rememberFailures(now: Readonly<Record<string, readonly string[] | null>>): void {
  const all = Object.entries({ ...lastFailures(), ...now }).filter(([, files]) => files !== null);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(all), null, 1)}\n`);
}
