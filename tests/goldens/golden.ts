import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createTwoFilesPatch } from "diff";

const rewrite = process.env.GOLDENS === "write";

/** Every folder of kept texts, see README.md; what stands elsewhere is nobody's. */
const folders = ["graphs", "hosts", "reviews/local", "reviews/prod", "runbook", "user-data"] as const;

export type Folder = (typeof folders)[number];

/**
 * Expects a folder to have exactly `files`, text by path below it. `stood` says where a text was kept until now, so that one that moves is
 * compared with what it was. `npm run golden` rewrites the folder; the change then shows in the same commit.
 */
export function expectGolden(folder: Folder, files: ReadonlyMap<string, string>, stood = (path: string) => path): void {
  if (rewrite) {
    rmSync(join(__dirname, folder), { recursive: true, force: true });
    for (const [path, text] of files) write(join(folder, path), text);
  }
  const differences = [...files].flatMap(([path, text]) => difference(join(folder, path), text, join(folder, stood(path))));
  fail([...differences, ...unclaimed(folder, [...files.keys()])]);
}

/** The same of one file, in a folder that several tests share; {@link expectNames} looks after the others. */
export function expectGoldenFile(folder: Folder, path: string, text: string): void {
  if (rewrite) write(join(folder, path), text);
  fail(difference(join(folder, path), text));
}

/** Expects a folder to have no file of another name. */
export function expectNames(folder: Folder, names: readonly string[]): void {
  if (rewrite) for (const path of strangers(folder, names)) rmSync(join(__dirname, folder, path));
  fail(unclaimed(folder, names));
}

/** Expects nothing but programs, their description and the folders of kept texts to be here. */
export function expectNothingElse(): void {
  const others = () => list(".").filter((path) => !/\.ts$|^README\.md$/.test(path) && folders.every((folder) => !path.startsWith(`${folder}/`)));
  if (rewrite) for (const path of others()) rmSync(join(__dirname, path));
  fail(others().map((path) => `tests/goldens/${path}: no test claims it`));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(__dirname, path)), { recursive: true });
  writeFileSync(join(__dirname, path), text);
}

function difference(path: string, text: string, stood = path): readonly string[] {
  const kept = existsSync(join(__dirname, stood)) ? readFileSync(join(__dirname, stood), "utf8") : null;
  if (kept === text) return path === stood ? [] : [`tests/goldens/${path}: stands in ${stood} now`];
  if (kept === null) return [`tests/goldens/${path}: is new\n${text}`];
  return [`tests/goldens/${path}: is another text ` +
`now\n${createTwoFilesPatch(`kept in ${stood}`, "made now", kept, text, "", "", { context: 3 })}`];
}

const strangers = (folder: Folder, names: readonly string[]): readonly string[] => list(folder).filter((path) => !names.includes(path));

const unclaimed = (folder: Folder, names: readonly string[]): readonly string[] => strangers(folder, names).map((path) => `tests/goldens/${folder}/${path}: nothing makes it any more`);

function fail(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error([...problems, "if that is meant, `npm run golden` keeps what is made now"].join("\n"));
}

/** Files below a folder, by path from there. */
function list(folder: string): readonly string[] {
  const root = join(__dirname, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(root, path)).isFile()).sort();
}
