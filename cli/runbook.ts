/** npm run runbook [-- STACK [--out FILE]]: writes the stack's runbook, docs/runbook.md unless told otherwise, from its file alone. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";

import { planStack } from "../infra/plan";
import { project } from "../tools/setup/folders";
import { readDescription } from "./description";
import { runbook } from "./runbook/text";
import { main, stackAndRest, UsageError } from "./terminal";

main(async () => {
  const { stack, rest } = stackAndRest();
  const file = resolve(process.env["INIT_CWD"] ?? project, outOf(rest) ?? resolve(project, "docs/runbook.md"));
  const text = runbook(planStack(readDescription(project, stack)));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`Wrote ${file}: the runbook of ${stack}.`);
  return 0;
});

function outOf(words: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...words], options: { out: { type: "string" } } }).values.out;
  } catch (error) {
    throw new UsageError(`npm run runbook -- STACK [--out FILE]: ${(error as Error).message}`);
  }
}
