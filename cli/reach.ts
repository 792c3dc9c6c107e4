import { setUp } from "../tools/setup";
import { answers } from "./answers";
import { bootedHosts } from "./bootedHosts";
import { Pulumi } from "./pulumi";
import { findOutputs, type HostOutput, type StackOutputs } from "./stack";
import { UsageError } from "./terminal";

/** A stack that is up, to be asked or logged in to. */
export interface Reached extends StackOutputs {
  readonly pulumi: Pulumi;
}

/** One whose machines are there, too, where its first `up` did not come to its end: it has no outputs then. */
export interface Found {
  readonly pulumi: Pulumi;
  readonly hosts: readonly HostOutput[];
  readonly outputs: StackOutputs | null;
}

/** @throws where the stack is not up, with what is there of it and the command that brings it up */
export async function reach(stack: string): Promise<Reached> {
  const { pulumi, hosts, outputs } = await find(stack);
  if (outputs !== null) return { pulumi, ...outputs };
  const told = await Promise.all(
    hosts.map(async ({ name, address }) => `${name} (${address}) ${(await answers(address)) ? "answers" : "does not answer"}`),
  );
  throw new UsageError(
    `stack ${stack} is not up: its first up did not come to its end. ${told.join(", ")}; npm run logs -- ${stack} deploy says what ` +
      `was done there, npm run up -- ${stack} goes on`,
  );
}

/** @throws where nothing of the stack is there, with the command that brings it up */
export async function find(stack: string): Promise<Found> {
  await setUp();
  const pulumi = new Pulumi(stack);
  const outputs = await findOutputs(pulumi).catch(async (error: unknown) => {
    // That there is no such stack is said first.
    await pulumi.require();
    throw error;
  });
  if (outputs !== null) return { pulumi, hosts: outputs.hosts, outputs };
  const hosts = bootedHosts(await pulumi.capture(["stack", "export", "--show-secrets"]));
  if (hosts.length === 0) throw new UsageError(`stack ${stack} is not up; bring it up: npm run up -- ${stack}`);
  return { pulumi, hosts, outputs: null };
}
