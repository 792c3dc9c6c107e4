import { spawnSync } from "node:child_process";
import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { capture } from "../../tools/setup/process";

/** What a program that fetches packages needs of this process: where things are, how the network is reached, who may read an index. */
const needed = /^(?:PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|XDG_\w+|SSL_CERT_\w+|(?:REQUESTS|CURL)_CA_BUNDLE|NETRC|(?:https?|all|no)_proxy)$/i;
/** And where indexes are; not who may publish there. */
const settings = /^(?:PIP|UV)_(?!PUBLISH_)\w+$/i;
/** Who may fetch a git source, beside. */
const git = /^(?:SSH_AUTH_SOCK|GIT_SSH\w*|GIT_ASKPASS|SSH_ASKPASS)$/;

const isNeeded = (name: string): boolean => needed.test(name) || settings.test(name);

const withoutOthers = (kept: (name: string) => boolean): Readonly<Record<string, undefined>> =>
  Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => !kept(name))
      .map((name) => [name, undefined]),
  );

/** Takes all else away, access to clouds and to stacks' secrets above all: what builds a package is a program of strangers. */
export const withoutAccess = (): Readonly<Record<string, undefined>> => withoutOthers((name) => isNeeded(name) || git.test(name));

/** Fetches a file as pip would. @throws Failed with the cause */
export const download = (address: string, file: string): Promise<string> =>
  capture("python3", [join(__dirname, "download.py"), address, file], { env: withoutAccess() });

const nobody = 65534;
const asNobody = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--no-new-privs", "--bounding-set=-all"];

/**
 * Runs what builds a package in a folder that has all it reads and writes, a home among it. Root runs it as nobody, unless the program is
 * where nobody else may go. Result: what it printed. Error: Failed, with its output.
 *
 * @param program its first words, which `--version` follows to see whether it runs at all
 */
export function captureApart(
  program: readonly string[],
  words: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const [home, temporary] = [join(folder, "home"), join(folder, "tmp")];
  for (const made of [home, temporary]) mkdirSync(made);
  const [first = "", ...args] = [...(isRoot() && handOver(folder, program) ? asNobody : []), ...program, ...words];
  return capture(first, args, {
    cwd: folder,
    env: {
      ...withoutOthers((name) => isNeeded(name) && !/^(?:NETRC|XDG_\w+)$/.test(name)),
      HOME: home,
      TMPDIR: temporary,
      ...env,
    },
  });
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** Whether nobody can run the program; where that is so, the folder and what is in it is nobody's from then on. */
function handOver(folder: string, program: readonly string[]): boolean {
  chmodSync(dirname(folder), 0o711);
  const [setpriv = "", ...args] = [...asNobody, ...program, "--version"];
  if (spawnSync(setpriv, args, { cwd: "/", stdio: "ignore" }).status !== 0) return false;
  give(folder);
  return true;
}

/**
 * A link is given, never what it leads to, as by readdir's own recursion (https://github.com/nodejs/node/issues/51858): a source has
 * whatever links its people put there. A folder comes after what is in it, so that nobody changes that meanwhile.
 */
function give(path: string): void {
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) give(join(path, name));
  lchownSync(path, nobody, nobody);
}
