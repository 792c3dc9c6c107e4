import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Problem } from "../../infra/config/problems";
import type { StackSpec } from "../../infra/config/spec";
import type { Manifest } from "../../infra/host/manifest";
import type { StackPlan } from "../../infra/plan/plan";
import { checkOut } from "./checkout";

/** One of the two states that a review compares, as the program declares it. */
export interface DeclaredState {
  /** "3f2a1b0 (main)" or "working tree". */
  readonly label: string;
  readonly problems: readonly Problem[];
  /** Secrets that the description names and its file lacks. */
  readonly unset: readonly string[];
  /** Whether its file says which image the hosts have. */
  readonly namesImage: boolean;
  /** Of the encrypted text of each secret, see secretHashes.ts. */
  readonly hashes: Readonly<Record<string, string>>;
  /** null where the description has problems; so is all that is worked out from it. */
  readonly spec: StackSpec | null;
  readonly plan: StackPlan | null;
  /** Digest of the app's source. */
  readonly release: string | null;
  /** null where the target could not declare them. */
  readonly resources: readonly Recorded[] | null;
  /** Why `resources` is null. */
  readonly notBuilt: string | null;
  /** By the host's name. */
  readonly manifests: Readonly<Record<string, Manifest>>;
  /** Of the app's processes; secrets as stand-ins. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A resource as the program declares it. */
export interface Recorded {
  /** "nspawn:index:Machine" */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Names of the resources whose outputs each input holds. */
  readonly feeds: Readonly<Record<string, readonly string[]>>;
  readonly options: {
    readonly protect: boolean;
    readonly deleteBeforeReplace: boolean;
    readonly replaceOnChanges: readonly string[];
    /** Inputs that are given to a new resource alone. */
    readonly ignoreChanges: readonly string[];
    /** Another one makes another resource; null for none. */
    readonly replacementTrigger: string | null;
  };
}

/** Of a stack that is not there. */
export const emptyState: Omit<DeclaredState, "label"> = {
  problems: [],
  unset: [],
  namesImage: true,
  hashes: {},
  spec: null,
  plan: null,
  release: null,
  resources: [],
  notBuilt: null,
  manifests: {},
  environment: {},
};

/** The error that a child process ended with, without where in the program it was thrown. */
function lastLine(error: unknown): string {
  const lines = String((error as { stderr?: string }).stderr ?? error).split("\n");
  return lines.find((line) => /error/i.test(line))?.trim() ?? lines[0] ?? "";
}

const run = promisify(execFile);
const project = join(__dirname, "..", "..");

/**
 * The stack as the program and the files in `folder` describe it.
 * @param since hashes of secrets that were set later. One that `folder` asks for and lacks counts as the value that it got then, since
 *   nothing was brought up without.
 */
export async function recordFolder(
  folder: string,
  stack: string,
  label: string,
  since: DeclaredState["hashes"] = {},
): Promise<DeclaredState> {
  const scratch = mkdtempSync(join(tmpdir(), "webstack-review-"));
  try {
    const file = join(scratch, "side.json");
    // As Pulumi runs the program: tsx looks each line of the stacks up that Pulumi keeps of its promises, which takes more than all the
    // rest.
    await run(
      process.execPath,
      ["--require", join(project, "tools/pulumi/program.cjs"), join(__dirname, "record.ts"), folder, stack, file, JSON.stringify(since)],
      { cwd: folder },
    );
    return { ...(JSON.parse(readFileSync(file, "utf8")) as Omit<DeclaredState, "label">), label };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/**
 * As {@link recordFolder}, of a commit; null where the commit has no such stack. A program that fails, such as one too old to be asked,
 * says so.
 */
export async function recordCommit(
  commit: string,
  stack: string,
  label: string,
  since: DeclaredState["hashes"] = {},
): Promise<DeclaredState | null> {
  const scratch = mkdtempSync(join(tmpdir(), "webstack-review-"));
  try {
    const folder = await checkOut(project, commit, stack, scratch);
    if (folder === null) return null;
    return await recordFolder(folder, stack, label, since).catch((error: unknown) => ({
      ...emptyState,
      label,
      resources: null,
      notBuilt: `its program failed: ${lastLine(error)}`,
    }));
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
