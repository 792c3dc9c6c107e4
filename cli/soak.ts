/**
 * npm run soak -- FILE [NAME] [--times N]: runs one file of tests, or the test of a name in it, ten times on a box that has other work to
 * do, and counts.
 */
import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { setUp } from "../tools/setup";
import { seconds } from "../tools/setup/step";
import { jest } from "./test/jest";
import { needs } from "./test/needs";
import { allSuites } from "./test/suites";
import { main, UsageError } from "./terminal";

main(async () => {
  const { file, level, name, times } = asked(process.argv.slice(2));
  await setUp(needs(level === "machines"));
  const crowd = cpus().map(() => spawn("setpriv", ["--pdeathsig", "KILL", "sha256sum", "/dev/zero"], { stdio: "ignore" }));
  let failed = 0;
  try {
    for (let time = 1; time <= times; time += 1) {
      const started = Date.now();
      const result = await jest(level, [file], name === undefined ? {} : { pattern: name });
      const well = result.failed === 0;
      if (!well) failed += 1;
      console.log(
        `${time} of ${times}: ${well ? "passed" : "FAILED"} after ${seconds(Date.now() - started)}${well ? "" : `\n${result.output}`}`,
      );
    }
  } finally {
    for (const one of crowd) one.kill("SIGKILL");
  }
  console.log(`${times - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

function asked(words: readonly string[]) {
  const at = words.indexOf("--times");
  const times = at === -1 ? 10 : Number(words[at + 1]);
  if (!Number.isInteger(times) || times < 1)
    throw new UsageError(`--times: must be a whole number of at least 1, got ${words[at + 1] ?? "nothing"}`);
  const [part, name] = at === -1 ? words : words.filter((_, index) => index !== at && index !== at + 1);
  if (part === undefined)
    throw new UsageError("npm run soak -- FILE [NAME] [--times N]: FILE is a part of the name of a file of tests, got nothing");
  const found = allSuites().flatMap((suite) =>
    suite.files.filter((file) => file.includes(part)).map((file) => ({ file, level: suite.name.replace(/\/.*/, "") })),
  );
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new UsageError(
      `${part}: must be in the name of one file of tests, got ${found.length === 0 ? "none" : found.map(({ file }) => file).join(", ")}`,
    );
  return { ...only, name, times };
}
