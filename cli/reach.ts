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
  await pulumi.require();
  return { pulumi, ...(await readOutputs(pulumi)) };
}
