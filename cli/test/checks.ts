import { join } from "node:path";
import { project } from "../../tools/setup/folders";
import { child } from "./child";
import type { Asked, Result, Suite } from "./suite";
import { unittest } from "./unittest";

const bin = (name: string) => join(project, "node_modules/.bin", name);

/**
 * What a check has found of each file, by what the file and all that it depends on hold. The linter keeps nothing: what its rules say of a
 * file depends on the types of others, and it looks at that file alone. https://eslint.org/docs/latest/use/command-line-interface#--cache
 */
const seen = (name: string) => join(project, ".webstack/checks", name);

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
    suite("types", (asked) => check(bin("tsc"), ["--noEmit", "--incremental", "--tsBuildInfoFile", seen("types.tsbuildinfo")], asked)),
    suite("lint", (asked) => check(bin("eslint"), ["."], asked)),
    suite("format", (asked) =>
      check(
        bin("prettier"),
        ["--log-level", "warn", "--check", "--cache", "--cache-strategy", "content", "--cache-location", seen("format"), "."],
        asked,
      ),
    ),
    suite("hostctl", (asked) => unittest(["python3", "-m", "unittest", "discover", "-s", "hostctl/tests", "-t", "."], project, asked)),
  ];
}

async function check(program: string, words: readonly string[], asked: Asked): Promise<Result> {
  const { status, output } = await child(program, words, { ...asked, nice: true });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, tests: [], output };
}
