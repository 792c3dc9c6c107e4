import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, project } from "./setup/folders";
import { capture } from "./setup/process";
import type { Step } from "./setup/step";

/**
 * Decides as IAM does what policies allow. A program of its own, beside the project and not part of it: its licence is the AGPL.
 * https://github.com/cloud-copilot/iam-simulate
 */
const files = ["package.json", "package-lock.json", "simulate.js"];
const source = (name: string) => join(project, "tools", "iam", name);

/** A folder named by what is in it. */
function folder(): string {
  const sum = createHash("sha256");
  for (const name of files) sum.update(readFileSync(source(name)));
  return join(cacheFolder(), "iam", sum.digest("hex").slice(0, 16));
}

/** Installed from npm, for tests of what roles may do. */
export const iam: Step = {
  name: "IAM simulator",
  missing: () => (existsSync(folder()) ? null : "iam-simulate, which decides what policies allow, is not installed"),
  async make() {
    const unfinished = `${folder()}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    for (const name of files) cpSync(source(name), join(unfinished, name));
    await capture("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: unfinished });
    renameSync(unfinished, folder());
  },
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
  const program = join(folder(), "simulate.js");
  if (!existsSync(program)) throw new Error("iam-simulate is missing; npm test installs it");
  return JSON.parse(await capture(process.execPath, [program], { stdin: JSON.stringify(requests) })) as IamAnswer[];
}
