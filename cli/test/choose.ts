import { UsageError } from "../terminal";
import type { Failures } from "./memory";
import type { Suite } from "./suite";

/** Which of the suites somebody wants to see. */
export interface Wish {
  readonly machines: boolean;
  /** Parts of names of suites, or of files of tests; none: all. */
  readonly only: readonly string[];
  readonly failed: boolean;
  /** Only what a change since this revision may break; null: everything. */
  readonly changedSince: string | null;
}

/** Reads the words behind `npm test --`. @throws UsageError */
export function wishOf(words: readonly string[]): Wish {
  const wish = { machines: true, only: [] as string[], failed: false, changedSince: null as string | null };
  const rest = [...words];
  const value = () => (rest[0] === undefined || rest[0].startsWith("--") ? undefined : rest.shift());
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--no-machines") wish.machines = false;
    else if (word === "--failed") wish.failed = true;
    else if (word === "--changed") wish.changedSince = value() ?? "HEAD";
    else if (word === "--only") {
      const name = value();
      if (name === undefined)
        throw new UsageError("npm test -- --only NAME: must be followed by a part of a suite's or a test file's name, got nothing");
      wish.only.push(name);
    } else throw new UsageError(`npm test knows no ${word}; it knows --only NAME, --failed, --changed [REVISION] and --no-machines`);
  }
  return wish;
}

/**
 * The suites of a wish, each with the files that are meant.
 * @param touched the files of a suite that a change may break; "whole" where it tells no files apart or all may break
 * @throws UsageError when nothing is left
 */
export function choose(
  suites: readonly Suite[],
  wish: Wish,
  failures: Failures,
  touched: (suite: Suite) => readonly string[] | "whole",
): Suite[] {
  const here = wish.machines ? [...suites] : suites.filter(({ name }) => !name.startsWith("machines/"));
  const named =
    wish.only.length === 0
      ? here.filter(({ night }) => night !== true)
      : here.flatMap((suite) => withFiles(suite, namedFiles(suite, wish.only)));
  const failed = wish.failed ? named.flatMap((suite) => withFiles(suite, failedFiles(suite, failures))) : named;
  const chosen = wish.changedSince === null ? failed : failed.flatMap((suite) => withFiles(suite, touched(suite)));
  if (chosen.length === 0) throw new UsageError(nothing(suites, wish));
  return chosen;
}

function namedFiles({ name, files }: Suite, parts: readonly string[]): readonly string[] | "whole" {
  return parts.some((part) => name.includes(part)) ? "whole" : files.filter((file) => parts.some((part) => file.includes(part)));
}

function failedFiles({ name }: Suite, failures: Failures): readonly string[] | "whole" {
  const files = failures[name];
  if (files === undefined) return [];
  return files.length === 0 ? "whole" : files;
}

function withFiles(suite: Suite, files: readonly string[] | "whole"): Suite[] {
  if (files === "whole") return [suite];
  const some = suite.files.filter((file) => files.includes(file));
  if (some.length === 0) return [];
  return [suite.narrowed === undefined || some.length === suite.files.length ? suite : suite.narrowed(some)];
}

function nothing(suites: readonly Suite[], { only, failed, changedSince }: Wish): string {
  if (failed) return `no suite${only.length > 0 ? ` named ${only.join(" or ")}` : ""} failed the last time`;
  if (changedSince !== null) return `nothing that a test runs has changed since ${changedSince}`;
  return `no suite and no file of tests is named ${only.join(" or ")}; suites are ${suites.map(({ name }) => name).join(", ")}`;
}
