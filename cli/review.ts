/**
 * npm run review -- STACK [--against COMMIT|deployed] [--json] [--out FILE]: what a change does before it happens, see docs/review.md.
 * Exit status: 0 nothing is at risk, 1 it refuses (problems, rules that are broken, data at risk), 2 wrong usage.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { project } from "../tools/setup/folders";
import { markdown } from "./review/markdown";
import { isRefused, reviewChange } from "./review/review";
import { deployedState } from "./review/deployed";
import { recordCommit, recordFolder, type DeclaredState } from "./review/declaredState";
import { secretHashes } from "./review/secretHashes";
import { emit } from "./out";
import { Pulumi } from "./pulumi";
import { readStack, stackFileOf } from "./stackFiles";
import { main, UsageError } from "./terminal";
import { whichStack } from "./whichStack";

main(() =>
  write().catch((error: unknown) => {
    // Apart from 1, which refuses a change.
    if (!(error instanceof UsageError)) throw error;
    console.error(`webstack: ${error.message}`);
    return 2;
  }),
);

async function write(): Promise<number> {
  const { stack, rest } = await whichStack();
  const values = options(rest);
  const write = emit(values.out === undefined ? [] : ["--out", values.out], "npm run review");
  const { before, after } = values.against === "deployed" ? await againstState(stack) : await againstCommit(stack, values.against);
  const review = reviewChange(stack, before, after);
  write(values.json ? `${JSON.stringify(review, null, 2)}\n` : markdown(review));
  return isRefused(review) ? 1 : 0;
}

function options(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: { against: { type: "string" }, json: { type: "boolean", default: false }, out: { type: "string" } },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

async function againstCommit(stack: string, against: string | undefined) {
  const { commit, label } = base(against);
  requireFile(stack);
  const hashes = secretHashes(readStack(stack));
  const [before, after] = await Promise.all([recordCommit(commit, stack, label, hashes), workingTree(stack)]);
  return { before, after };
}

async function againstState(stack: string) {
  requireFile(stack);
  const pulumi = new Pulumi(stack);
  await pulumi.require();
  const [exported, after] = await Promise.all([pulumi.capture(["stack", "export"]), workingTree(stack)]);
  return { before: deployedState(exported, after), after };
}

function requireFile(stack: string): void {
  if (!existsSync(stackFileOf(stack))) throw new UsageError(`there is no Pulumi.${stack}.yaml to review`);
}

const workingTree = (stack: string): Promise<DeclaredState> => recordFolder(project, stack, "working tree");

/** The commit to compare with: the one that was named, or where this branch left main. */
function base(against: string | undefined): { readonly commit: string; readonly label: string } {
  const named =
    against ?? ["origin/main", "main"].map((branch) => git("merge-base", "HEAD", branch)).find((commit) => commit !== undefined) ?? "HEAD";
  const commit = git("rev-parse", "--verify", "--quiet", `${named}^{commit}`);
  if (commit === undefined) throw new UsageError(`--against must name a commit, got ${JSON.stringify(named)}`);
  return { commit, label: against === undefined ? commit.slice(0, 10) : `${commit.slice(0, 10)} (${against})` };
}

function git(...words: readonly string[]): string | undefined {
  try {
    return execFileSync("git", words, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
