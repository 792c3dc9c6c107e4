/** npm run nodes [-- VERSION...]: the tests of the level pure on every Node that the program works on, or on those that are named. */
import { delimiter } from "node:path";
import { nodeFolder, nodes, nodeVersions } from "../tools/nodes";
import { setUp } from "../tools/setup";
import { seconds } from "../tools/setup/step";
import { sum, type Count } from "./test/suite";
import { allSuites } from "./test/suites";
import { main, UsageError } from "./terminal";

main(async () => {
  const wanted = process.argv.slice(2);
  const strange = wanted.find((word) => !nodeVersions.some((version) => String(version) === word));
  if (strange !== undefined) throw new UsageError(`${strange}: must be ${nodeVersions.join(", ")}`);
  const pure = allSuites().find(({ name }) => name === "pure");
  if (pure === undefined) throw new Error("there is no level pure");
  // As `npm run check`, they need no engine, and no package of Debian's, which only root installs.
  await setUp([nodes]);
  const counts: Count[] = [];
  for (const version of nodeVersions) {
    if (wanted.length > 0 && !wanted.includes(String(version))) continue;
    const started = Date.now();
    const result = await pure.run({
      env: { PATH: `${nodeFolder(version)}${delimiter}${process.env["PATH"] ?? ""}` },
      print: () => undefined,
    });
    counts.push(result);
    console.log(
      `${result.failed === 0 ? "" : `${result.output.trimEnd()}\n`}Node ${version}: ${result.passed} passed, ${result.failed} ` +
        `failed, ${seconds(Date.now() - started)}`,
    );
  }
  const { passed, failed } = sum(counts);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
