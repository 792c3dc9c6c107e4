/**
 * npm test [-- --only NAME | --failed | --changed [REVISION] | --no-machines]: every test but those that wait for the night, and one line
 * at the end that counts them all.
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { costs } from "../tests/costs";
import { takeDownShared } from "../tests/machines/shared";
import { setUp } from "../tools/setup";
import { project } from "../tools/setup/folders";
import { seconds } from "../tools/setup/step";
import { cacheNow, cacheTable } from "./test/cache";
import { changedFiles, importGraph, touched } from "./test/changed";
import { choose, wishOf, type Wish } from "./test/choose";
import { lastFailures, rememberFailures } from "./test/memory";
import { needs } from "./test/needs";
import { failures, report, type Done } from "./test/report";
import { runAll } from "./test/schedule";
import { sum, type Suite } from "./test/suite";
import { allSuites } from "./test/suites";
import { beyond, usesIn } from "./test/uses";
import { main } from "./terminal";

main(async () => {
  const wish = wishOf(process.argv.slice(2));
  const suites = await chosen(wish);
  const before = cacheNow();
  await setUp(needs(suites.some(({ name }) => name.startsWith("machines/"))));

  const started = Date.now();
  const done: Done[] = [];
  const folder = mkdtempSync(join(tmpdir(), "webstack-tests-"));
  // Where suites note the stacks that they leave to each other, and whose process these go with.
  Object.assign(process.env, { WEBSTACK_TEST_STACKS: folder, WEBSTACK_TEST_OWNER: String(process.pid) });
  try {
    await runAll(suites, async (suite) => {
      console.log(`-- ${suite.name} begins; what it says is in ${relative(process.cwd(), logOf(suite))}`);
      const ended = await runOne(suite, folder);
      done.push(ended);
      console.log(`-- ${done.length} of ${suites.length} done after ${seconds(Date.now() - started)}`);
    });
  } finally {
    await takeDownShared();
    rmSync(folder, { recursive: true });
  }
  rememberFailures(
    Object.fromEntries(
      done.map(({ suite, failed, tests }) => [
        suite,
        failed === 0 ? null : [...new Set(tests.filter(({ failure }) => failure !== null).map(({ file }) => file))],
      ]),
    ),
  );

  const total = sum(done);
  console.log(`\n${report(done, Date.now() - started)}\n\n${cacheTable(before, cacheNow())}\n`);
  if (total.failed > 0) console.log(`${failures(done)}\n`);
  if (!wish.machines) console.log("The tests on machines were left out: --no-machines\n");
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});

/** Where the words of a suite stand while it runs, and after it. */
const logOf = ({ name }: Suite): string => join(project, ".webstack/tests", `${name.replace("/", "-")}.log`);

async function chosen(wish: Wish): Promise<Suite[]> {
  const suites = allSuites();
  if (wish.changedSince === null) return choose(suites, wish, lastFailures(), () => "whole");
  const [changed, graph] = await Promise.all([changedFiles(wish.changedSince), importGraph(suites.flatMap(({ files }) => files))]);
  return choose(suites, wish, lastFailures(), (suite) => touched(suite, changed, graph));
}

/** Runs one suite, prints what it said once it has ended, and holds it to its row of tests/costs.ts. */
async function runOne(suite: Suite, folder: string): Promise<Done> {
  const started = Date.now();
  const record = join(folder, suite.name.replace("/", "-"));
  mkdirSync(dirname(logOf(suite)), { recursive: true });
  writeFileSync(logOf(suite), "");
  const result = await suite
    .run({ env: { WEBSTACK_TEST_RECORD: record }, print: (text) => appendFileSync(logOf(suite), text) })
    .catch((error: unknown) => ({ passed: 0, failed: 1, tests: [], output: error instanceof Error ? error.message : String(error) }));
  const uses = usesIn(record);
  const tooMuch = suite.name.startsWith("machines/") ? beyond(suite.name, uses, costs[suite.name]) : null;
  const milliseconds = Date.now() - started;
  const failed = result.failed + (tooMuch === null ? 0 : 1);
  const output = `${result.output.trimEnd()}${tooMuch === null ? "" : `\n${tooMuch}`}`;
  console.log(`\n== ${suite.name}: ${result.passed} passed, ${failed} failed, ${seconds(milliseconds)}\n${output}\n`);
  return { suite: suite.name, passed: result.passed, failed, tests: result.tests, output, uses, milliseconds };
}
