import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { setUp } from "../tools/setup";
import { SetUpError } from "../tools/setup/step";
import { hasPassphrase } from "./backend";
import { requireFreshLock, requireNoProblems, requireNoProblemsYet, warnOfDefaultImage } from "./beforeEngine";
import { makeProject } from "./engineFile";
import type { Prepared } from "./prepare";
import { madeStacks, Pulumi } from "./pulumi";
import { fillSecrets, requireNothingLost } from "./secrets";
import { readConfig } from "./stack";
import { isLocal, stackFileOf, textOf } from "./stackFiles";
import { UsageError } from "./terminal";

/**
 * Lends `use` a stack to look at, of which nothing is written: a copy of its file, in which a local one gets the secrets that it lacks, and
 * where it was never made a state of its own. All of that is gone afterwards. Error: the stack is kept elsewhere, where an empty state
 * would show all of it as new.
 */
export async function look<Result>(stack: string, use: (prepared: Prepared) => Promise<Result>): Promise<Result> {
  if (!existsSync(stackFileOf(stack)))
    throw new UsageError(`there is no ${basename(stackFileOf(stack))}; npm run new -- --name ${stack} makes one`);
  if (!isLocal(stack)) await requireNoProblemsYet(stack);
  await setUp();
  const folder = mkdtempSync(join(tmpdir(), "webstack-look-"));
  try {
    const configFile = join(folder, basename(stackFileOf(stack)));
    writeFileSync(configFile, textOf(stack));
    const isMade = (await madeStacks()).some(({ name }) => name === stack);
    const kept = isMade ? null : await new Pulumi(stack).onThisBox();
    if (kept !== null) throw new SetUpError(kept);
    const pulumi = new Pulumi(stack, {
      configFile,
      env: {
        ...(isMade ? {} : { PULUMI_BACKEND_URL: `file://${join(folder, "state")}` }),
        ...(hasPassphrase() ? {} : { PULUMI_CONFIG_PASSPHRASE: randomBytes(32).toString("hex") }),
      },
    });
    if (!isMade) await pulumi.make({ folder: emptyProject(folder) });
    const config = await readConfig(pulumi);
    const local = config.target === "local";
    if (local) {
      const { made } = await fillSecrets(pulumi, config);
      if (made.length > 0) console.log(`For this preview alone: random values for ${made.join(", ")}.`);
    } else {
      await requireNothingLost(pulumi, config);
      requireNoProblems(stack);
    }
    requireFreshLock(stack);
    await warnOfDefaultImage(pulumi);
    return await use({ pulumi, local, config });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A folder whose stack is made without a trace in ours: the engine writes its salt into a file beside Pulumi.yaml. */
function emptyProject(folder: string): string {
  const project = join(folder, "project");
  mkdirSync(join(folder, "state"));
  mkdirSync(project);
  return makeProject(project);
}
