import { join } from "node:path";
import { project } from "../../tools/setup/folders";
import { child } from "./child";
import type { Asked, Result, Suite } from "./suite";
import { unittest } from "./unittest";

const bin = (name: string) => join(project, "node_modules/.bin", name);

/** The checks that are no level of jest: the compiler, the linter, hostctl's own tests. */
export function checks(minutes: (name: string) => number): Suite[] {
  const suite = (name: string, run: (asked: Asked) => Promise<Result>): Suite => ({
    name,
    place: "processor",
    minutes: minutes(name),
    files: [],
    run,
  });
  return [
    suite("types", (asked) => check(bin("tsc"), ["--noEmit"], asked)),
    suite("lint", (asked) => check(bin("eslint"), ["."], asked)),
    suite("format", (asked) => check(bin("prettier"), ["--log-level", "warn", "--check", "."], asked)),
    suite("hostctl", (asked) => unittest(["python3", "-m", "unittest", "discover", "-s", "hostctl/tests", "-t", "."], project, asked)),
  ];
}

async function check(program: string, words: readonly string[], asked: Asked): Promise<Result> {
  const { status, output } = await child(program, words, { ...asked, nice: true });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, tests: [], output };
}
