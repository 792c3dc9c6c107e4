/** npm run new: writes the stack of one's own app: its file, and beside the app's own files what it lacks for a host. Nothing there is changed. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { basename, join, relative, resolve } from "node:path";

import { type DebianName, debianNames, debians, debianTitle, defaultDebian, isDebian } from "../infra/config/catalog/debian";
import { quote } from "../infra/config/quote";
import { backupPasswordName, sshKeyName } from "../infra/config/secretNames";
import type { TargetName } from "../infra/config/spec";
import { stackOf } from "../infra/config/stackFile";
import { lockedFor } from "../infra/release/check";
import { sourceFiles } from "../infra/release/source";
import { runtimeOf } from "../infra/release/build";
import { project } from "../tools/setup/folders";
import { seconds } from "../tools/setup/step";
import { parseDescription, readDescription } from "./description";
import { Answers, readEnv, readFlags, type Flags } from "./new/answers";
import { design, lockName, ownNetworks, unanswered, type Choices, type Design } from "./new/design";
import { find, named, stackName, type Found } from "./new/found";
import { readFolder, type Folder } from "./new/folder";
import { lock } from "./new/lock";
import { typedNext } from "./new/next";
import { overlay, overlayModule } from "./new/overlay";
import { freeRange, rangeIn } from "./new/range";
import type { Requirements } from "./new/requirements";
import { stackFile } from "./new/stackFile";
import { describedStacks, requireReadable, stackFileOf } from "./stackFiles";
import { main, table, UsageError } from "./terminal";

main(async () => {
  const started = Date.now();
  const flags = readFlags(process.argv.slice(2));
  const answers = new Answers(process.stdin.isTTY && flags.yes !== true);
  const root = await appFolder(flags, answers);
  const folder = readFolder(root);
  const found = find(folder, flags);
  const { requirements } = found;
  if (requirements === undefined) throw new UsageError(`${root}: must say which packages it needs, in requirements.txt or pyproject.toml; pip freeze > requirements.txt writes what is installed here`);
  const choices = await choose(flags, answers, root, folder, found);
  answers.close();
  const made = design(folder, choices, found.django, found.variables, requirements);

  if (flags.lock === true) return lockAnew(root, made, requirements);

  const text = stackFile(made, relative(project, root));
  // Refused here, before anything is written or asked of an index.
  parseDescription(text, made.name);
  const description = stackFileOf(made.name);
  if (existsSync(description)) throw new UsageError(`${description} is there already; move it away, or take another --name`);
  const beside = [...(made.overlaid ? [join(root, `${overlayModule}.py`)] : []), ...(made.requirements === lockName ? [join(root, lockName)] : [])];
  // A second stack of the same app uses what the first one brought.
  const kept = beside.filter((file) => existsSync(file));
  requireFittingLock(root, made, kept);
  const files = new Map([[description, text]]);
  for (const file of beside.filter((one) => !kept.includes(one))) {
    files.set(file, file.endsWith(lockName) ? await locked(made, requirements) : overlayOf(made));
  }
  write(root, made.exclude, files);
  console.log(summary(made, requirements, [...files.keys()], kept, Date.now() - started));
  return 0;
});

/** All of the files or none: what the app's .gitignore names would be no part of a release. */
function write(root: string, exclude: readonly string[], files: ReadonlyMap<string, string>): void {
  for (const [file, content] of files) writeFileSync(file, content, { flag: "wx" });
  const released = new Set(sourceFiles(root, exclude));
  const ignored = [...files.keys()].map((file) => relative(root, file)).filter((file) => !file.startsWith("..") && stackOf(basename(file)) === null && !released.has(file));
  if (ignored.length === 0) return;
  for (const file of files.keys()) rmSync(file);
  throw new UsageError(`${join(root, ".gitignore")}: must not name ${ignored.join(" and ")}, which a release needs; nothing was written`);
}

/** What is kept of an earlier stack must be for the Python of this one. */
function requireFittingLock(root: string, { image }: Design, kept: readonly string[]): void {
  const file = kept.find((one) => one.endsWith(lockName));
  const [found, python] = [file === undefined ? null : lockedFor(readFileSync(file, "utf8")), debians[image].python];
  if (file === undefined || found === null || found === python) return;
  throw new UsageError(`${file}: must have wheels for Python ${python}, which ${debianTitle(image)} has, got those for ${found}; npm run new -- --app ${quote(root)} --lock --image ${image} chooses anew, or take --image of the other stack`);
}

/** Chooses the versions of the packages anew: what --lock is for. */
async function lockAnew(root: string, made: Design, requirements: Requirements): Promise<number> {
  if (made.requirements !== lockName) throw new UsageError(`--lock: ${requirements.from} has versions and hashes of its own`);
  const file = join(root, lockName);
  writeFileSync(file, await locked(made, requirements));
  console.log(`Wrote ${file}.`);
  return 0;
}

async function appFolder(flags: Flags, answers: Answers): Promise<string> {
  // npm changes into the project's folder; people mean the one they are in.
  const here = process.env["INIT_CWD"] ?? process.cwd();
  const root = resolve(here, await answers.of("Folder of the app", flags.app, "", "--app FOLDER"));
  answers.complete();
  if (!existsSync(root) || !statSync(root).isDirectory()) throw new UsageError(`--app: must be a folder, got "${root}"`);
  const inner = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, "manage.py")));
  if (!existsSync(join(root, "manage.py")) && inner[0] !== undefined) {
    throw new UsageError(`--app: must be the folder that has manage.py: ${inner.map(({ name }) => join(root, name)).join(" or ")}; --requirements names packages that are listed elsewhere`);
  }
  return root;
}

/** What the folder does not tell is asked; without a terminal everything that is missing is said at once. */
async function choose(flags: Flags, answers: Answers, root: string, folder: Folder, found: Found): Promise<Choices> {
  const name = await answers.of("Name of the stack", flags.name, stackName(root), "--name NAME");
  const target = (await answers.of("Target: local, digitalocean or aws", flags.target, "local", "--target")) as TargetName;
  const isPublic = target !== "local";
  const domain = isPublic ? await answers.of("Domain", flags.domain, "", "--domain www.example.org") : (flags.domain ?? "");
  const sshFrom = isPublic ? await answers.of("Network that you log in from", flags["ssh-from"]?.join(","), "", "--ssh-from 203.0.113.7/32") : (flags["ssh-from"]?.join(",") ?? "");
  const emails = isPublic ? await answers.of("Who hears of alerts, by e-mail", flags.email?.join(","), "", "--email ops@example.org") : "";
  const several = found.applications.length > 0 ? ` (${found.applications.map(({ module }) => module).join(", ")})` : "";
  const module = await answers.of(`Application object${several}`, flags.module, found.likeliest?.module ?? "", "--module package.module:app");
  const env = { ...readEnv(flags.env ?? []) };
  for (const variable of unanswered(found.variables, env)) env[variable] = await answers.of(`Value of ${variable}, which the app reads`, undefined, "", `--env ${variable}=VALUE`);
  const health = await answers.of("Path that answers 200 when the app works", flags.health, found.health, "--health /healthz");
  answers.complete();

  const application = named(folder, found, module);
  if (application === undefined) throw new UsageError(`--module: must be in a file of ${root}, got "${module}"`);
  const range = flags.range ?? freeRange([...rangesHere(), ...ownNetworks()]);
  if (range === undefined) throw new UsageError("no /24 of 10.20.0.0/16 is free for the stack's network");
  return { name, target, domain, sshFrom: listed(sshFrom), emails: listed(emails), application, health, database: flags["no-database"] !== true && found.database, env, range, image: imageOf(flags, name) };
}

/** The image that is asked for, else that of a stack of this name, else the default. */
function imageOf({ image }: Flags, name: string): DebianName {
  if (image === undefined) requireReadable(name);
  if (image === undefined) return existsSync(stackFileOf(name)) ? readDescription(project, name).host.debian : defaultDebian;
  if (!isDebian(image)) throw new UsageError(`--image: must be ${debianNames.join(" or ")}, got "${image}"`);
  return image;
}

/** Texts with commas between them. */
const listed = (text: string): readonly string[] => text.split(",").map((one) => one.trim()).filter((one) => one !== "");

function overlayOf({ django, database, staticRoot }: Design): string {
  if (django === undefined) throw new Error("only settings of Django are laid over");
  return overlay(django, database, staticRoot);
}

/** Networks of the stacks that are described already. */
function rangesHere(): readonly string[] {
  return describedStacks().flatMap((stack) => rangeIn(readFileSync(stackFileOf(stack), "utf8")) ?? []);
}

/** The Python of the image; on this box its own kind of processor, since machines here have it too. */
function locked(made: Design, { from, lines, constraints, hashed }: Requirements): Promise<string> {
  const runtime = runtimeOf(made.image, made.target === "local" && arch() === "arm64" ? "aarch64" : "x86_64");
  console.log(`Choosing wheels for Python ${runtime.python} on Linux ${runtime.architecture} from ${from} ...`);
  return lock(from, lines, made.additions.map(({ requirement }) => requirement), hashed ? [] : constraints, runtime);
}

function summary(made: Design, requirements: Requirements, files: readonly string[], kept: readonly string[], took: number): string {
  const { name, target, application, secrets, additions, database } = made;
  const rows: (readonly [string, string])[] = [
    ["app", `${application.framework}, ${application.kind}, ${application.module}`],
    ["packages", made.requirements === lockName ? `${requirements.from}, with hashes in ${lockName}` : made.requirements],
    ...additions.map(({ requirement, why }): readonly [string, string] => ["added", `${requirement}: ${why}`]),
    ["database", database ? "PostgreSQL, by DATABASE_URL" : "none"],
    ["health page", made.health],
    ...files.map((file): readonly [string, string] => ["wrote", file]),
    ...kept.map((file): readonly [string, string] => ["kept", file]),
    ["took", seconds(took)],
  ];
  const needed = [sshKeyName, ...(database ? [backupPasswordName] : []), ...secrets];
  const own = target === "local" && secrets.length > 0 ? `\n\nup gives ${secrets.join(", ")} random values; where the app needs its real one: npm run secret -- ${name} set NAME` : "";
  return `\nThe stack ${name} is described\n${table(rows)}\n\nNext:\n${typedNext(name, target, needed).map((line) => `  ${line}`).join("\n")}${own}\n`;
}
