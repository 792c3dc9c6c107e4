import { seconds } from "../../tools/setup/step";
import { table } from "../terminal";
import type { Count, Ran } from "./suite";
import type { Uses } from "./uses";

/** A suite that has run. */
export interface Done extends Count {
  readonly suite: string;
  readonly milliseconds: number;
  readonly tests: readonly Ran[];
  /** Everything that it printed. */
  readonly output: string;
  readonly uses: Uses;
}

/** What a run ends with: minutes per suite with what they asked of the box, and the ten slowest tests. */
export function report(done: readonly Done[], total: number): string {
  const rows = [...done]
    .sort((one, other) => other.milliseconds - one.milliseconds)
    .map(({ suite, passed, failed, milliseconds, uses }) => {
      const asked = [
        ...(uses.boots > 0 ? [`${uses.boots} machines booted`] : []),
        ...(uses.load > 0 ? [`${uses.load} s of load`] : []),
        ...uses.shared.map((stack) => `on the stack ${stack}, which was up`),
      ];
      return [suite, [`${(milliseconds / 60_000).toFixed(1)} min`, `${passed} passed, ${failed} failed`, ...asked].join("; ")] as const;
    });
  const tests = done.flatMap(({ suite, tests }) => tests.map((test) => ({ ...test, suite })));
  const slowest = tests.sort((one, other) => other.milliseconds - one.milliseconds).slice(0, 10);
  return [
    `Suites, the longest first; ${seconds(total)} in all, several at a time:`,
    table(rows),
    "",
    "The ten slowest tests:",
    table(slowest.map(({ suite, name, milliseconds }) => [seconds(milliseconds), `${suite}: ${name}`])),
  ].join("\n");
}

/**
 * What failed, once more at the end, where it is looked for: each test with the first lines that its runner says of it, or the last lines
 * of a suite that tells no tests apart.
 */
export function failures(done: readonly Done[]): string {
  const told = done
    .filter(({ failed }) => failed > 0)
    .flatMap(({ suite, tests, output }) => {
      const broken = tests
        .filter(({ failure }) => failure !== null)
        .map(({ name, failure }) => [`${suite}: ${name}`, ...lines(failure ?? "").slice(0, 30)]);
      return broken.length > 0 ? broken : [[suite, ...lines(output).slice(-30)]];
    });
  return told.map(([name = "", ...said]) => [`FAILED ${name}`, ...said.map((line) => `  ${line}`)].join("\n")).join("\n\n");
}

const lines = (text: string): string[] => text.trimEnd().split("\n");
