import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

/** What tools make anew, and a stack's file, encrypted secrets and all: never part of a release, whatever git tracks. */
const never = [".git", ".venv", "__pycache__", "*.pyc", "node_modules", "/Pulumi.*.yaml"];

/** What is somebody's own, or of one box: part of a release only where git tracks it. */
const own = [
  ...[".env*", "!.env.example", "!.env.sample", "!.env.template", "!.env.dist"],
  ...["*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.kdbx", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "!id_*.py"],
  ...[".netrc", "_netrc", ".pgpass", ".my.cnf", ".pypirc", "credentials.json", "service-account*.json", "service_account*.json"],
  ...["*.sqlite3", "*.sqlite", "*.db", "*.sqlite3-*", "*.sqlite-*", "*.db-wal", "*.db-shm", "*.db-journal"],
  ...["*.dump", "*.sql.gz", "*.sql.bz2", "*.sql.xz", "*dump*.sql", "*backup*.sql", "*.tfstate", "*.tfstate.backup"],
];

/** An app's folder of which no release can be made; the message is for people. */
export class SourceError extends Error {}

/** The files of a release, and what is kept out of it that somebody may miss. */
export interface Source {
  /** Relative to the app's folder, with "/" between folders and in the order of their bytes. */
  readonly files: readonly string[];
  /**
   * Untracked secrets, keys, dumps and databases, in the same form, and with "/" at its end a repository whose files git does not list
   * here; files that git ignores are not named.
   */
  readonly leftOut: readonly string[];
}

/** Paths of the files of a release, as {@link readSource} finds them. */
export const sourceFiles = (source: string, exclude: readonly string[]): readonly string[] => readSource(source, exclude).files;

/**
 * What git would hand on: in a work tree what it tracks, and what it does not ignore; elsewhere what no .gitignore of any level names.
 * Without what `exclude` names, in gitignore's syntax. A link stands for what it leads to.
 * @throws SourceError on a link that leads out of the folder or nowhere, and on a name that is no UTF-8
 */
export function readSource(source: string, exclude: readonly string[]): Source {
  const [out, kept] = [
    ignore()
      .add([...exclude])
      .add(never),
    ignore().add(own),
  ];
  const wanted = (path: string) => !out.ignores(path);
  const { tracked, others } = gitFiles(source) ?? {
    tracked: [],
    others: walk(realpathSync(source), rulesAbove(realpathSync(source)), out),
  };
  const [listed, known] = [new Set([...tracked, ...others]), new Set(tracked)];
  const isOwn = (path: string) => !known.has(path) && kept.ignores(path);
  const asked = [...listed].filter(wanted);
  const found = asked
    .filter((path) => !isOwn(path))
    .flatMap((path) => followed(source, path, listed, wanted))
    .filter(({ path }) => wanted(path));
  // A link has whatever name it likes; what it leads to decides.
  const isOut = ({ path, place }: Found) => path.endsWith("/") || isOwn(place);
  return {
    files: pathsOf(found.filter((one) => !isOut(one))),
    leftOut: inOrder([...asked.filter(isOwn), ...pathsOf(found.filter(isOut))]),
  };
}

/** A path of a release, and where what it stands for lies in the folder: elsewhere for a link and what is below one. */
interface Found {
  readonly path: string;
  readonly place: string;
}

const pathsOf = (found: readonly Found[]): readonly string[] => inOrder(found.map(({ path }) => path));

const inOrder = (paths: readonly string[]): readonly string[] =>
  [...new Set(paths)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** A program of a work tree's owner, as its settings may name one, has no business here; and root may read what another owns. */
const safely = ["-c", "core.fsmonitor=false", "-c", "safe.directory=*"];

/** What git tracks in a folder and what it leaves to be added; null where the folder is in no work tree, or git ignores all of it. */
function gitFiles(source: string): { readonly tracked: readonly string[]; readonly others: readonly string[] } | null {
  if (!above(realpathSync(source)).some((folder) => existsSync(join(folder, ".git")))) return null;
  // A hook that calls us has variables for its own work tree.
  // And of a clone that lacks some objects git would fetch one that a list asks for, by whatever program the clone's settings name.
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
    ...{ GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0" },
  };
  const git = (...args: readonly string[]) =>
    execFileSync("git", [...safely, ...args], { cwd: source, env, stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 30 });
  const paths = (listed: Buffer) =>
    texts(source, listed).filter((path) => lstatSync(join(source, path), { throwIfNoEntry: false }) !== undefined);
  try {
    const [tracked, others] = [
      paths(git("ls-files", "--cached", "--recurse-submodules", "-z")),
      paths(git("ls-files", "--others", "--exclude-standard", "-z")),
    ];
    return tracked.length + others.length === 0 ? null : { tracked, others };
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer | null };
    if (code === "ENOENT")
      throw new SourceError(`${source}: is of a git work tree, and git, which knows what belongs to it, is not here; install git`, {
        cause: error,
      });
    if (!stderr) throw error;
    const said = stderr.toString().trim();
    throw new SourceError(
      `${source}: git does not say what belongs to it: ${/^fatal: .*/m.exec(said)?.[0] ?? said.split("\n")[0] ?? ""}; git status must ` +
        "work there",
      { cause: error },
    );
  }
}

function texts(source: string, listed: Buffer): readonly string[] {
  try {
    return new TextDecoder("utf-8", { fatal: true })
      .decode(listed)
      .split("\0")
      .filter((path) => path !== "");
  } catch {
    throw new SourceError(
      unreadable(
        source,
        listed
          .toString()
          .split("\0")
          .find((path) => path.includes("\ufffd")) ?? "",
      ),
    );
  }
}

const unreadable = (source: string, path: string): string =>
  `${join(source, path)}: the name of a file must be UTF-8, which this is not; rename it, or exclude its folder`;

/** A folder and those above it, the innermost first. */
function above(folder: string): readonly string[] {
  const whole = resolve(folder);
  return dirname(whole) === whole ? [whole] : [whole, ...above(dirname(whole))];
}

/** Rules of a .gitignore, for paths relative to the folder that it lies in. */
interface Rules {
  readonly folder: string;
  readonly rules: Ignore;
}

function rulesOf(folder: string): readonly Rules[] {
  const file = join(folder, ".gitignore");
  return existsSync(file) ? [{ folder, rules: ignore().add(readFileSync(file, "utf8")) }] : [];
}

/**
 * Those of the folders above, the outermost first, but for one that names the app's own folder: that is of somebody who keeps other things
 * there.
 */
function rulesAbove(source: string): readonly Rules[] {
  const folders = above(source).slice(1).reverse().flatMap(rulesOf);
  return folders.filter(({ folder, rules }) => !rules.ignores(`${relative(folder, resolve(source)).split(sep).join("/")}/`));
}

/** Files below a folder that no .gitignore names, of which the innermost that says anything decides. https://git-scm.com/docs/gitignore */
function walk(source: string, rules: readonly Rules[], out: Ignore, folder = ""): readonly string[] {
  const here = [...rules, ...rulesOf(join(source, folder))];
  const isIgnored = (path: string) =>
    here.reduce((before, { folder: at, rules: own }) => {
      const { ignored, unignored } = own.test(
        relative(at, join(resolve(source), path))
          .split(sep)
          .join("/") + (path.endsWith("/") ? "/" : ""),
      );
      return ignored ? true : unignored ? false : before;
    }, false);
  return readdirSync(join(source, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (path.includes("\ufffd")) throw new SourceError(unreadable(source, path));
    const asked = entry.isDirectory() ? `${path}/` : path;
    if (out.ignores(asked) || isIgnored(asked)) return [];
    return entry.isDirectory() ? walk(source, here, out, path) : entry.isFile() || entry.isSymbolicLink() ? [path] : [];
  });
}

/**
 * What a path stands for: itself, or where it is a link to a folder the files below that, as far as git lists any there. Of what lists no
 * files, a repository in the work tree of another or a submodule that is not here, its path with "/" at its end.
 */
function followed(source: string, path: string, listed: ReadonlySet<string>, wanted: (path: string) => boolean): readonly Found[] {
  const fault = linkFault(source, path);
  if (fault !== null) throw new SourceError(`${join(source, path)}: ${fault}`);
  const [named, target] = [lstatSync(join(source, path)), statSync(join(source, path))];
  const place =
    named.isSymbolicLink() || !listed.has(path)
      ? relative(realpathSync(source), realpathSync(join(source, path)))
          .split(sep)
          .join("/")
      : path;
  if (target.isFile()) return [{ path, place }];
  if (!target.isDirectory()) return [];
  const inner = [...listed].filter((one) => one.startsWith(`${place}/`) && !one.endsWith("/")).map((one) => one.slice(place.length + 1));
  // A folder in the place of a tracked file has its own files in the list.
  if (place === path) return inner.length > 0 ? [] : [{ path: path.endsWith("/") ? path : `${path}/`, place }];
  const names = inner.length > 0 ? inner : readdirSync(join(source, path));
  return names
    .map((name) => `${path}/${name}`)
    .filter(wanted)
    .flatMap((one) => followed(source, one, listed, wanted));
}

/** Why no release can hold a link, and what to do; null of one that leads into the app's folder, and of what is none. */
export function linkFault(source: string, path: string): string | null {
  const link = join(source, path);
  if (!lstatSync(link).isSymbolicLink()) return null;
  if (!existsSync(link)) return "is a link that leads nowhere; remove it or exclude it";
  const [root, target] = [realpathSync(source), realpathSync(link)];
  const isBelow = (inner: string, outer: string) => `${inner}${sep}`.startsWith(`${outer}${sep}`);
  if (!isBelow(target, root)) return "is a link that leads out of the app's folder; copy what it leads to, or exclude it";
  return isBelow(realpathSync(dirname(link)), target) ? "is a link to a folder that it lies in; exclude it" : null;
}
