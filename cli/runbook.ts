/**
 * npm run runbook [-- STACK [--out FILE]]: writes the stack's runbook, docs/runbooks/STACK.md unless told otherwise, from its file alone.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { planStack } from "../infra/plan";
import { project } from "../tools/setup/folders";
import { readDescription } from "./description";
import { outOf } from "./out";
import { runbook } from "./runbook/text";
import { stackFileOf } from "./stackFiles";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

main(async () => {
  const { stack, rest } = await whichStack();
  const file = outOf(rest, "npm run runbook -- STACK [--out FILE]", join(project, `docs/runbooks/${stack}.md`));
  const text = runbook(planStack(readDescription(project, stack)), relative(project, stackFileOf(stack)));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`Wrote ${file}: the runbook of ${stack}.`);
  return 0;
});
