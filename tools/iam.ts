import { existsSync } from "node:fs";
import { join } from "node:path";
import { npmFolder } from "./setup/npmFolder";
import { capture } from "./setup/process";
import type { Step } from "./setup/step";

/**
 * Decides as IAM does what policies allow. A program of its own, beside the project and not part of it: its licence is the AGPL.
 * https://github.com/cloud-copilot/iam-simulate
 */
const installed = npmFolder("iam", ["simulate.js"]);

/** Installed from npm, for tests of what roles may do. */
export const iam: Step = {
  name: "IAM simulator",
  missing: () => (installed.isThere() ? null : "iam-simulate, which decides what policies allow, is not installed"),
  make: () => installed.make(),
};

/** One call of one principal. */
export interface IamRequest {
  /** Texts of the policies that its role has. */
  readonly policies: readonly string[];
  /** Text of the resource's own policy, such as a bucket's. */
  readonly resourcePolicy?: string;
  /** ARN of the role. */
  readonly principal: string;
  /** "s3:GetObject". */
  readonly action: string;
  /** ARN, or "*" for a call that knows no resource. */
  readonly resource: string;
  readonly account: string;
  readonly context?: Readonly<Record<string, string>>;
}

export type IamAnswer = "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied";

/** What IAM would answer, in order. @throws when set-up has not installed it, or when a policy or a request is none. */
export async function simulateIam(requests: readonly IamRequest[]): Promise<readonly IamAnswer[]> {
  const program = join(installed.folder(), "simulate.js");
  if (!existsSync(program)) throw new Error("iam-simulate is missing; npm test installs it");
  return JSON.parse(await capture(process.execPath, [program], { stdin: JSON.stringify(requests) })) as IamAnswer[];
}
