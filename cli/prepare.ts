import { planStack } from "../infra/plan";
import { stackImages } from "../tools/images";
import { engine, setUp } from "../tools/setup";
import { project } from "../tools/setup/folders";
import { packages, requireMachineBox } from "../tools/setup/packages";
import { requireFreshLock, requireNoProblems, requireNoProblemsYet, warnOfDefaultImage } from "./beforeEngine";
import { readDescription } from "./description";
import { Pulumi } from "./pulumi";
import { fillSecrets, requireNothingLost } from "./secrets";
import { readConfig, type StackConfig } from "./stack";
import { isLocal, secretsFileOf } from "./stackFiles";

/** A stack that a preview or an update can begin with. */
export interface Prepared {
  readonly pulumi: Pulumi;
  /** Runs on this box: nothing of it costs money or serves customers. */
  readonly local: boolean;
  readonly config: StackConfig;
}

/** A stack whose secrets can be read and written, made where it is not there yet. */
export async function prepareSecrets(stack: string): Promise<Omit<Prepared, "local">> {
  await setUp();
  const pulumi = new Pulumi(stack);
  if (await pulumi.ensure()) console.log(`Made the stack ${stack}.`);
  return { pulumi, config: await readConfig(pulumi) };
}

/** Sets this box up for the stack's target, makes the stack where it is not there yet, and gives a local one the secrets it lacks. */
export async function prepare(stack: string): Promise<Prepared> {
  const local = isLocal(stack);
  if (local) {
    requireMachineBox();
    await setUp([packages, ...engine, stackImages(planStack(readDescription(project, stack)))]);
  } else {
    await requireNoProblemsYet(stack);
  }
  const { pulumi, config } = await prepareSecrets(stack);
  if (local) {
    const { recovered, made } = await fillSecrets(pulumi, config);
    if (recovered.length > 0) console.log(`Set again in ${secretsFileOf(stack)}, encrypted, from the state: ${recovered.join(", ")}.`);
    if (made.length > 0) console.log(`Set in ${secretsFileOf(stack)}, encrypted: random values for ${made.join(", ")}.`);
  } else {
    await requireNothingLost(pulumi, config);
    requireNoProblems(stack);
  }
  requireFreshLock(stack);
  await warnOfDefaultImage(pulumi);
  return { pulumi, local, config };
}
