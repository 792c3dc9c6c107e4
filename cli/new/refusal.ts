import type { Failed } from "../../tools/setup/process";

/** What each tool is asked to do after the fault that its words tell, the first that fits. */
const mends: readonly (readonly [RegExp, string])[] = [
  [/does not satisfy Python|requires-python/i, "--image takes a host with another Python"],
  [/failed to read from file|No such file or directory/, "put the file there, or take the line out"],
  [/Git sources cannot be editable/, "write NAME @ git+ADDRESS in place of -e git+ADDRESS#egg=NAME"],
  [/Git operation failed|Could not resolve host|failed to clone/, "a git source must be reachable from here: git ls-remote tries"],
  [
    /Failed to fetch|error sending request|401|403/,
    "the index must answer here; its password comes from ~/.netrc or UV_INDEX, see docs/own-app.md",
  ],
  [/was not found in the package registry/, "name the index that has it: --extra-index-url in the file, or UV_INDEX"],
  [/changed significantly since poetry\.lock/, "poetry lock brings it up to date"],
  [/does not appear to be a Python project/, "a folder that is named must have a pyproject.toml or a setup.py"],
  [/Failed to build|build backend/i, "what builds it must work here"],
  [/unsatisfiable/, "change what is asked for until the two agree"],
];

/**
 * What a tool refused, in one line: its own cause, without what led to it, and what mends it. @param root the app's folder, which need not
 * be told
 */
export function refusal(from: string, root: string, { message: whole }: Failed): string {
  const message = whole.replaceAll(`${root}/`, "");
  // The first line is ours, and names the tool.
  const causes = message
    .split("\n")
    .slice(1)
    .reduce<readonly string[]>((found, line) => {
      const text = line.trim();
      if (/^(hint|warning|note|Using |Note:)/i.test(text) || text === "" || text === "--- stderr") return found;
      const begins = /^(?:error|cause): (.*)$/.exec(text)?.[1];
      return begins === undefined ? [...found.slice(0, -1), `${found.at(-1) ?? ""} ${text}`.trim()] : [...found, begins];
    }, []);
  const told = causes.filter((cause) => !/^(No solution found|Request failed)/.test(cause));
  const [first = "the resolver says nothing", last = first] = [told[0], told.at(-1)];
  const end = /fatal: .*/.exec(last)?.[0].replace("fatal: ", "") ?? last;
  const text = (last === first ? first : `${first}: ${end}`)
    .replace(/, we can conclude that your requirements are unsatisfiable/, "")
    .replace(/\.$/, "");
  const mend = mends.find(([pattern]) => pattern.test(message))?.[1] ?? "mend that, or name another file with --requirements";
  return `${from}: no set of packages fits the hosts: ${text}; ${mend}`;
}
