import { execFile } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { basename, dirname, join, normalize, resolve } from "node:path";
import { promisify } from "node:util";
import { readStackFile, stackOf } from "../../infra/config/stackFile";

const run = promisify(execFile);

/** What the program is made of. Copied or linked as one, because its files find each other by where they are. */
const program = ["cloud-init", "hostctl", "infra", "package.json", "providers"];

/**
 * What describes a stack, as a commit has it, in a folder below `scratch`: the program, the stack's file, the app. What the project's
 * working tree has unchanged is a link to it, since a program that lies at a new place is compiled anew, which takes as long as all the
 * rest of a review. An app beside the project belongs to no commit and is as it is now.
 * @returns the folder, or null where the commit has no such stack
 */
export async function checkOut(project: string, commit: string, stack: string, scratch: string): Promise<string | null> {
  const [there, differing, added, described] = await Promise.all([
    git(project, "ls-tree", "--name-only", commit),
    git(project, "diff", "--name-only", "--no-renames", "--relative", commit),
    git(project, "ls-files", "--others", "--exclude-standard"),
    git(project, "ls-tree", "-r", "--name-only", commit, "--", `Pulumi.${stack}.yaml`, "examples"),
  ]);
  // As stackFiles.ts finds it; a commit from before it was moved has it in the project's folder.
  const file = described.find((path) => stackOf(basename(path)) === stack && /^(examples\/[^/]+\/)?[^/]+$/.test(path));
  if (file === undefined) return null;
  const text = await git(project, "show", `${commit}:./${file}`);
  const changed = new Set([...differing, ...added].map(top));
  if (program.some((entry) => changed.has(entry))) program.forEach((entry) => changed.add(entry));
  const source = sourceOf(text.join("\n"), file);
  const needed = source === "." ? there : [...new Set([...program, top(file), top(source)])].filter((entry) => there.includes(entry));

  // Below its own absolute path, so that ../app leads beside it.
  const folder = join(scratch, project);
  mkdirSync(folder, { recursive: true });
  for (const entry of ["node_modules", ...needed.filter((entry) => !changed.has(entry))])
    symlinkSync(join(project, entry), join(folder, entry));
  const own = needed.filter((entry) => changed.has(entry));
  if (own.length > 0) {
    const archive = join(scratch, "archive.tar");
    await git(project, "archive", "--format=tar", `--output=${archive}`, commit, "--", ...own);
    await run("tar", ["-xf", archive, "-C", folder]);
  }
  if (top(source) === "..") linkBeside(resolve(folder, source), resolve(project, source));
  return folder;
}

/** The first part of a path. */
const top = (path: string): string => path.split("/")[0] ?? "";

/** `app.source`, such as "examples/ocpizza", ".", "../shop" or "/srv/shop"; "" for a description that says none. */
function sourceOf(stackFile: string, name: string): string {
  const { source } = (readStackFile(stackFile, name).raw["app"] ?? {}) as { source?: unknown };
  return typeof source === "string" ? normalize(source) : "";
}

function linkBeside(from: string, to: string): void {
  if (!existsSync(to)) return;
  mkdirSync(dirname(from), { recursive: true });
  symlinkSync(to, from);
}

/** The lines that git prints. */
async function git(project: string, ...words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run("git", ["-c", "core.quotePath=false", ...words], { cwd: project, maxBuffer: 2 ** 26 });
  return stdout.split("\n").filter((line) => line !== "");
}
