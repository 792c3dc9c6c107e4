import { setUp } from "../tools/setup";
import { Pulumi } from "./pulumi";
import { readOutputs, type StackOutputs } from "./stack";

/** A stack that is up, to be asked or logged in to. */
export interface Reached extends StackOutputs {
  readonly pulumi: Pulumi;
}

/** @throws where the stack is not up, with the command that brings it up */
export async function reach(stack: string): Promise<Reached> {
  await setUp();
  const pulumi = new Pulumi(stack);
  // At once, since each starts the engine; that there is no such stack is said first.
  const outputs = readOutputs(pulumi);
  outputs.catch(() => undefined);
  await pulumi.require();
  return { pulumi, ...(await outputs) };
}
