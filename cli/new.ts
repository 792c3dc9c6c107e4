/**
 * npm run new: writes the stack of one's own app: its file, and beside the app's own files what it lacks for a host. Nothing there is
 * changed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";

import { type DebianName, debianNames, debians, debianTitle, isDebian } from "../infra/config/catalog/debian";
import { quote } from "../infra/config/quote";
import { backupPasswordName, sshKeyName } from "../infra/config/secretNames";
import type { TargetName } from "../infra/config/spec";
import { stackOf } from "../infra/config/stackFile";
import { lockedFor } from "../infra/release/check";
import { sourceFiles } from "../infra/release/source";
import { buildPackagesFor } from "../infra/release/buildPackages";
import { sourcePackages, toolsSuffix, wheelFolder } from "../infra/release/sourcePackages";
import { project } from "../tools/setup/folders";
import { makeMissing, seconds } from "../tools/setup/step";
import { uv } from "../tools/uv";
import { parseDescription, readDescription } from "./description";
import { firstFew } from "./firstFew";
import { Answers, readEnv, readFlags, type Flags } from "./new/answers";
import { design, lockName, ownNetworks, unanswered, type Choices, type Design } from "./new/design";
import { find, hasDriver, named, stackName, type Found } from "./new/found";
import { readFolder, type Folder } from "./new/folder";
import { lock, type Lock } from "./new/lock";
import { lockedPackages } from "./new/lockText";
import { typedNext } from "./new/next";
import { overlay, overlayModule } from "./new/overlay";
import { pythonWishes, takeImage, type PythonWish } from "./new/python";
import { freeRange, rangeIn } from "./new/range";
import { requireRequirements } from "./new/requirements";
import { additions, type Addition } from "./new/server";
import { stackFile } from "./new/stackFile";
import { staleLock } from "./new/stale";
import { describedStacks, requireReadable, stackFileOf } from "./stackFiles";
import { main, table, UsageError } from "./terminal";

main(async () => {
  const started = Date.now();
  const flags = readFlags(process.argv.slice(2));
  const answers = new Answers(process.stdin.isTTY && flags.yes !== true);
  const root = await appFolder(flags, answers);
  const folder = readFolder(root);
  const found = find(folder, flags);
  const from = requireRequirements(root, folder, flags.requirements);
  const choices = await choose(flags, answers, root, folder, found, pythonWishes(folder, from));
  answers.close();
  const described = (packages: ReadonlyMap<string, string>, compiled: readonly string[] = []): Design =>
    design(
      folder,
      { ...choices, database: choices.database && (found.database || hasDriver(packages)) },
      found.django,
      found.variables,
      compiled,
    );
  const addedTo = (packages: ReadonlyMap<string, string>) => additions(choices.application, packages, described(packages).database);

  const kept = flags.lock === true ? null : keptLock(root, choices.image, addedTo);
  const description = stackFileOf(choices.name);
  if (flags.lock !== true) {
    // Refused here, before anything is written or asked of an index.
    parseDescription(stackFile(described(new Map()), relative(project, root)), choices.name);
    if (existsSync(description)) throw new UsageError(`${description} is there already; move it away, or take another --name`);
  }
  let added: readonly Addition[] = [];
  const chosen =
    kept ?? (await locked(root, folder, from, choices, (packages) => (added = addedTo(packages)).map(({ requirement }) => requirement)));
  if (flags.lock === true) return lockAnew(root, chosen);

  const made = described(
    chosen.packages,
    (kept === null ? chosen.compiled : sourcePackages(join(root, lockName))).map(({ name }) => name),
  );
  const overlaid = join(root, `${overlayModule}.py`);
  // A second stack of the same app uses what the first one brought.
  const isKept = made.overlaid && existsSync(overlaid);
  const files = new Map<string, string | Buffer>([
    [description, stackFile(made, relative(project, root))],
    ...(made.overlaid && !isKept ? [[overlaid, overlayOf(made)] as const] : []),
    ...(kept === null ? lockFiles(root, chosen) : []),
  ]);
  write(root, made.exclude, files);
  console.log(
    summary(
      made,
      folder,
      from,
      added,
      chosen,
      [...files.keys()],
      [...(isKept ? [overlaid] : []), ...(kept === null ? [] : [join(root, lockName)])],
      Date.now() - started,
    ),
  );
  return 0;
});

/**
 * All of the files or none: what the app's .gitignore names would be no part of a release. A wheel takes the place of one that an earlier
 * lock has left.
 */
function write(root: string, exclude: readonly string[], files: ReadonlyMap<string, string | Buffer>): void {
  const fresh = [...files.keys()].filter((file) => !existsSync(file));
  for (const [file, content] of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { flag: dirname(file) === join(root, wheelFolder) ? "w" : "wx" });
  }
  const released = new Set(sourceFiles(root, exclude));
  const ignored = [...files.keys()]
    .map((file) => relative(root, file))
    .filter((file) => !file.startsWith("..") && stackOf(basename(file)) === null && !released.has(file));
  if (ignored.length === 0) return;
  for (const file of fresh) rmSync(file);
  throw new UsageError(`${join(root, ".gitignore")}: must not name ${ignored.join(" and ")}, which a release needs; nothing was written`);
}

/** The lock of an earlier stack, which must be of what the app asks for now, for the Python of this one, and whole. null: there is none. */
function keptLock(root: string, image: DebianName, addedTo: (packages: ReadonlyMap<string, string>) => readonly Addition[]): Lock | null {
  const file = join(root, lockName);
  if (!existsSync(file)) return null;
  const text = readFileSync(file, "utf8");
  const [packages, found, { python }] = [lockedPackages(text), lockedFor(text), debians[image]];
  const anew = `npm run new -- --app ${quote(root)} --lock --image ${image} chooses anew`;
  if (found !== null && found !== python)
    throw new UsageError(
      `${file}: must have wheels for Python ${python}, which ${debianTitle(image)} has, got those for ${found}; ${anew}, or take ` +
        "--image of the other stack",
    );
  const stale = staleLock(root, lockName, image);
  if (stale !== null) throw new UsageError(stale);
  const lacking = addedTo(packages);
  if (lacking.length > 0)
    throw new UsageError(`${file}: must have ${lacking.map(({ requirement, why }) => `${requirement} (${why})`).join(", ")}; ${anew}`);
  return { text, packages, wheels: [], compiled: [], notes: [] };
}

/** Writes the chosen versions over those that are there: what --lock is for. */
function lockAnew(root: string, chosen: Lock): number {
  rmSync(join(root, wheelFolder), { recursive: true, force: true });
  for (const [file, content] of lockFiles(root, chosen)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.log(`Wrote ${file}.`);
  }
  if (chosen.compiled.length > 0)
    console.log(
      `Hosts compile ${called(chosen.compiled)}: app.buildPackages of each stack of this app must name what that needs, for example ` +
        `[${buildPackagesFor(chosen.compiled.map(({ name }) => name)).join(", ")}].`,
    );
  return 0;
}

const lockFiles = (root: string, { text, wheels, compiled }: Lock): readonly (readonly [string, string | Buffer])[] => [
  [join(root, lockName), text],
  ...[...wheels, ...compiled].map(({ file, bytes }) => [join(root, wheelFolder, file), bytes] as const),
  ...compiled.map(({ file, tools }) => [join(root, wheelFolder, `${file}${toolsSuffix}`), tools] as const),
];

const called = (packages: readonly { readonly name: string; readonly version: string }[]): string =>
  packages.map(({ name, version }) => `${name} ${version}`).join(", ");

async function appFolder(flags: Flags, answers: Answers): Promise<string> {
  // npm changes into the project's folder; people mean the one they are in.
  const here = process.env["INIT_CWD"] ?? process.cwd();
  const root = resolve(here, await answers.of("Folder of the app", flags.app, "", "--app FOLDER"));
  answers.complete();
  if (!existsSync(root) || !statSync(root).isDirectory()) throw new UsageError(`--app: must be a folder, got "${root}"`);
  const inner = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && existsSync(join(root, entry.name, "manage.py")),
  );
  if (!existsSync(join(root, "manage.py")) && inner[0] !== undefined) {
    throw new UsageError(
      `--app: must be the folder that has manage.py: ${inner.map(({ name }) => join(root, name)).join(" or ")}; --requirements ` +
        "names packages that are listed elsewhere",
    );
  }
  return root;
}

/** What the folder does not tell is asked; without a terminal everything that is missing is said at once. */
async function choose(
  flags: Flags,
  answers: Answers,
  root: string,
  folder: Folder,
  found: Found,
  wishes: readonly PythonWish[],
): Promise<Choices> {
  const name = await answers.of("Name of the stack", flags.name, stackName(root), "--name NAME");
  const image = imageOf(flags, name, wishes);
  const target = (await answers.of("Target: local, digitalocean or aws", flags.target, "local", "--target")) as TargetName;
  const isPublic = target !== "local";
  const domain = isPublic ? await answers.of("Domain", flags.domain, "", "--domain www.example.org") : (flags.domain ?? "");
  const sshFrom = isPublic
    ? await answers.of("Network that you log in from", flags["ssh-from"]?.join(","), "", "--ssh-from 203.0.113.7/32")
    : (flags["ssh-from"]?.join(",") ?? "");
  const emails = isPublic ? await answers.of("Who hears of alerts, by e-mail", flags.email?.join(","), "", "--email ops@example.org") : "";
  const several = found.applications.length > 0 ? ` (${found.applications.map(({ module }) => module).join(", ")})` : "";
  const module = await answers.of(
    `Application object${several}`,
    flags.module,
    found.likeliest?.module ?? "",
    "--module package.module:app",
  );
  const env = { ...readEnv(flags.env ?? []) };
  for (const variable of unanswered(found.variables, env))
    env[variable] = await answers.of(`Value of ${variable}, which the app reads`, undefined, "", `--env ${variable}=VALUE`);
  const health = await answers.of("Path that answers 200 when the app works", flags.health, found.health, "--health /healthz");
  answers.complete();

  const application = named(folder, found, module);
  if (application === undefined) throw new UsageError(`--module: must be in a file of ${root}, got "${module}"`);
  const range = flags.range ?? freeRange([...rangesHere(), ...ownNetworks()]);
  if (range === undefined) throw new UsageError("no /24 of 10.20.0.0/16 is free for the stack's network");
  return {
    name,
    target,
    domain,
    sshFrom: listed(sshFrom),
    emails: listed(emails),
    application,
    health,
    database: flags["no-database"] !== true,
    env,
    range,
    image,
  };
}

/** The image that is asked for, else that of a stack of this name, else the default, or what the project's own words leave of them. */
function imageOf({ image }: Flags, name: string, wishes: readonly PythonWish[]): DebianName {
  if (image !== undefined && !isDebian(image)) throw new UsageError(`--image: must be ${debianNames.join(" or ")}, got "${image}"`);
  if (image === undefined) requireReadable(name);
  return takeImage(wishes, image ?? (existsSync(stackFileOf(name)) ? readDescription(project, name).host.debian : undefined));
}

/** Texts with commas between them. */
const listed = (text: string): readonly string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");

function overlayOf({ django, database, staticRoot }: Design): string {
  if (django === undefined) throw new Error("only settings of Django are laid over");
  return overlay(django, database, staticRoot);
}

/** Networks of the stacks that are described already. */
function rangesHere(): readonly string[] {
  return describedStacks().flatMap((stack) => rangeIn(readFileSync(stackFileOf(stack), "utf8")) ?? []);
}

/** For the Python of the image; on this box its own kind of processor, since machines here have it too. */
async function locked(
  root: string,
  folder: Folder,
  from: string,
  { image, target }: Choices,
  additionsFor: (packages: ReadonlyMap<string, string>) => readonly string[],
): Promise<Lock> {
  await makeMissing([uv], console.error);
  const architecture = target === "local" && arch() === "arm64" ? "aarch64" : "x86_64";
  console.log(`Choosing wheels for Python ${debians[image].pythonFull} on Linux ${architecture} from ${from} ...`);
  return lock(root, folder, from, additionsFor, image, architecture);
}

function summary(
  made: Design,
  { leftOut }: Folder,
  from: string,
  added: readonly Addition[],
  { wheels, compiled, notes }: Lock,
  files: readonly string[],
  kept: readonly string[],
  took: number,
): string {
  const { name, target, application, secrets, database } = made;
  const rows: (readonly [string, string])[] = [
    ["app", `${application.framework}, ${application.kind}, ${application.module}`],
    ["packages", `${from}, with hashes in ${lockName}`],
    ...added.map(({ requirement, why }): readonly [string, string] => ["added", `${requirement}: ${why}`]),
    ...wheels.map((wheel): readonly [string, string] => ["built", `${wheel.name} ${wheel.version}, which no index has as a wheel`]),
    ...compiled.map((one): readonly [string, string] => [
      "to compile",
      `${called([one])}, by each host, with what app.buildPackages names`,
    ]),
    ...notes.map((note): readonly [string, string] => ["otherwise", note]),
    ...(leftOut.length === 0 ? [] : [["not released", `${firstFew(leftOut)}, which git does not track`] as const]),
    ["database", database ? "PostgreSQL, by DATABASE_URL" : "none"],
    ["health page", made.health],
    ...files.map((file): readonly [string, string] => ["wrote", file]),
    ...kept.map((file): readonly [string, string] => ["kept", file]),
    ["took", seconds(took)],
  ];
  const needed = [sshKeyName, ...(database ? [backupPasswordName] : []), ...secrets];
  const own =
    target === "local" && secrets.length > 0
      ? `\n\nup gives ${secrets.join(", ")} random values; where the app needs its real one: npm run secret -- ${name} set NAME`
      : "";
  return `\nThe stack ${name} is described\n${table(rows)}\n\nNext:\n${typedNext(name, target, needed)
    .map((line) => `  ${line}`)
    .join("\n")}${own}\n`;
}
