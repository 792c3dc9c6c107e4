import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../config/load";
import { contactToken } from "../release/contact";
import { userData } from "../host/user-data";
import type { HostPlan } from "../plan/plan";
import type { FormerOutputs } from "./formerOutputs";

/** How a machine that a cloud makes is told from any other that may answer at its address. */
export interface FirstContact {
  /** What the machine proves its host key with. */
  readonly token: pulumi.Output<string>;
  /** With the token in it. */
  readonly userData: pulumi.Output<string>;
}

/** What a token is made of. */
export interface ContactArgs {
  /** Words that are another with each life of the stack, or with each machine: an id of what the machine stands in. */
  readonly place: pulumi.Input<string>;
  /** What the last `up` left. */
  readonly former: Promise<FormerOutputs>;
  readonly secrets: Secrets;
}

/**
 * Options of a machine that has such user-data: what is written for the next machine of that name leaves the one that runs as it is, while
 * a machine that is made, for whatever reason, gets it, and no output of the provider has it in clear.
 * https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/step_generator.go (continueStepsFromDiff)
 */
export const keepingUserData: pulumi.CustomResourceOptions = { ignoreChanges: ["userData"], additionalSecretOutputs: ["userData"] };

/**
 * The next machine of a host's name: its user-data, with a token that no other machine has. Once a machine is in service its host key
 * stands in the outputs, and the token is another from then on, so that of the machine that runs is worth nothing more.
 */
export function firstContact({ name: host, debian }: HostPlan, { place, former, secrets }: ContactArgs): FirstContact {
  const before = former.then(({ hosts }) => hosts.find(({ name }) => name === host)?.hostKey ?? "");
  const token = pulumi.secret(
    pulumi
      .all([secrets.sshPrivateKey, place, before])
      .apply(([privateKey, where, hostKey]) => contactToken(privateKey, [host, where, hostKey])),
  );
  return { token, userData: token.apply((known) => userData(secrets.sshPublicKey, debian, known)) };
}
