import { posix } from "node:path";
import { parse, TomlError } from "smol-toml";
import { UsageError } from "../terminal";
import type { Folder } from "./folder";

/** Who reads the file that says which packages an app needs. */
export type Format = "requirements" | "pyproject" | "setup" | "uv" | "poetry" | "pipenv";

/** Those of production before those of everything; a lock before the ranges that it was made of. */
const places = [
  "requirements/production.txt",
  "requirements/prod.txt",
  "requirements.txt",
  "requirements-prod.txt",
  "requirements/base.txt",
  "requirements/requirements.txt",
  "requirements.in",
  "uv.lock",
  "poetry.lock",
  "Pipfile.lock",
  "pyproject.toml",
  "setup.py",
  "setup.cfg",
];

const formats: Readonly<Record<string, Format>> = {
  "uv.lock": "uv",
  "poetry.lock": "poetry",
  "Pipfile.lock": "pipenv",
  "pyproject.toml": "pyproject",
  "setup.py": "setup",
  "setup.cfg": "setup",
};

export const formatOf = (path: string): Format => formats[posix.basename(path)] ?? "requirements";

/** The file that says which packages the app needs: `chosen`, or the first place that says anything. undefined: none does. */
export function findRequirements(folder: Folder, chosen?: string): string | undefined {
  return chosen === undefined ? places.find((path) => says(folder, path)) : folder.read(chosen) === undefined ? undefined : chosen;
}

/** The same, which must be there. @throws UsageError with what to type */
export function requireRequirements(root: string, folder: Folder, chosen: string | undefined): string {
  const from = findRequirements(folder, chosen);
  if (from !== undefined) return from;
  if (chosen !== undefined) throw new UsageError(`--requirements: must be a file of ${root}, got "${chosen}"`);
  throw new UsageError(
    `${root}: must say which packages it needs, in requirements.txt, pyproject.toml, or a lock of uv, poetry or pipenv; ` +
      `${unreadable(folder) ?? "pip freeze > requirements.txt writes what is installed here"}`,
  );
}

function says(folder: Folder, path: string): boolean {
  const text = folder.read(path);
  if (text === undefined) return false;
  switch (formatOf(path)) {
    case "pyproject": {
      const { project, tool } = tomlOf(path, text) as Pyproject;
      return (
        project?.dependencies !== undefined ||
        project?.dynamic?.includes("dependencies") === true ||
        tool?.poetry?.dependencies !== undefined
      );
    }
    // Beside a pyproject.toml it often says nothing but where linters look.
    case "setup":
      return /install_requires|setup\(/.test(text);
    case "uv":
    case "poetry":
      return folder.read("pyproject.toml") !== undefined;
    case "pipenv":
    case "requirements":
      return true;
  }
}

/**
 * What keeps an app without a file that can be read from saying what it needs, and what to type; undefined where nothing of the kind is
 * there.
 */
export function unreadable(folder: Folder): string | undefined {
  const [conda, pipfile] = [folder.paths.find((path) => /^environment\.ya?ml$/.test(path)), folder.read("Pipfile")];
  if (pipfile !== undefined) return "Pipfile has no Pipfile.lock beside it; pipenv lock writes it";
  return conda === undefined ? undefined : `${conda} is for conda, whose packages no host has; name those of PyPI in requirements.txt`;
}

/** Files that a build tool reads something from. */
interface Told {
  readonly file?: string | readonly string[];
}

/** The parts of pyproject.toml that decide which packages are chosen. https://peps.python.org/pep-0621/ */
export interface Pyproject {
  readonly project?: {
    readonly name?: string;
    readonly dependencies?: readonly string[];
    readonly "optional-dependencies"?: unknown;
    readonly dynamic?: readonly string[];
    readonly "requires-python"?: string;
  };
  readonly tool?: {
    readonly poetry?: { readonly dependencies?: Readonly<Record<string, unknown>> };
    readonly uv?: Readonly<Record<string, unknown>>;
    // https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata
    readonly setuptools?: {
      readonly dynamic?: { readonly dependencies?: Told; readonly "optional-dependencies"?: Readonly<Record<string, Told>> };
    };
    // https://github.com/repo-helper/hatch-requirements-txt
    readonly hatch?: { readonly metadata?: { readonly hooks?: { readonly requirements_txt?: { readonly files?: readonly string[] } } } };
  };
  readonly "build-system"?: { readonly requires?: readonly string[] };
}

/** What a file says; nothing of one that is not there. @throws UsageError in one line, where its parser shows the place in many */
export function tomlOf(path: string, text = ""): object {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new UsageError(
      `${path}: must be TOML, which line ${error.line} is not: ` +
        `${(error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "")}; mend it`,
    );
  }
}

/** Texts that decide which packages are chosen, comments apart: `from`, what it includes, and what its tool reads beside it. */
export function inputsOf(folder: Folder, from: string): readonly string[] {
  const at = posix.dirname(from);
  switch (formatOf(from)) {
    case "requirements": {
      const lines = requirementLines(folder, from, new Set());
      // `-e .[extra]`, which uv and pip read from the folder that they are in.
      return lines.some((line) => /^(?:(?:-e|--editable)[ =]?\s*)?["']?\.\/?(?:\[[^\]]*\])?["']?$/.test(line))
        ? [...lines, ...projectInputs(folder, ".")]
        : lines;
    }
    case "pipenv":
      return textsOf(folder, at, ["Pipfile.lock"]);
    case "setup":
    case "pyproject":
      return projectInputs(folder, at);
    case "uv":
    case "poetry": {
      const { project } = pyprojectOf(folder, at);
      return [askedBy(folder, at), ...textsOf(folder, at, [posix.basename(from)]).map((text) => withoutVersion(text, project?.name))];
    }
  }
}

const textsOf = (folder: Folder, at: string, names: readonly string[]): readonly string[] =>
  names.map((name) => (folder.read(posix.join(at, name)) ?? "").replace(/\r\n/g, "\n"));

const pyprojectOf = (folder: Folder, at: string): Pyproject =>
  tomlOf("pyproject.toml", folder.read(posix.join(at, "pyproject.toml"))) as Pyproject;

/** Of a project with a build tool of its own: what it asks for, and the files that its tool reads that from. */
function projectInputs(folder: Folder, at: string): readonly string[] {
  const { project, tool } = pyprojectOf(folder, at);
  const setup = ["setup.py", "setup.cfg"].filter((name) => folder.read(posix.join(at, name)) !== undefined);
  const isDynamic = project === undefined || project.dynamic?.some((key) => key.endsWith("dependencies")) === true;
  const { dependencies, "optional-dependencies": extras = {} } = tool?.setuptools?.dynamic ?? {};
  // Not those of the version or of the description, which change as they please.
  const told = [dependencies, ...Object.values(extras)].flatMap((one) => one?.file ?? []);
  const [texts, files] = [isDynamic ? textsOf(folder, at, setup) : [], tool?.hatch?.metadata?.hooks?.requirements_txt?.files ?? []];
  // Of a program nobody knows what it reads; what it names, and is there, is what it may read.
  const named = texts.flatMap((text) => [...text.matchAll(/["' ]((?:[\w.-]+\/)*[\w.-]+\.(?:txt|in))\b/g)].map(([, name = ""]) => name));
  const read = [...new Set(isDynamic ? [...told, ...files, ...named] : [])].filter(
    (name) => folder.read(posix.join(at, name)) !== undefined,
  );
  return [askedBy(folder, at), ...texts, ...read.flatMap((name) => requirementLines(folder, posix.join(at, name), new Set()))];
}

/** What pyproject.toml says of packages. Not the version, which the project's people count up as they please. */
function askedBy(folder: Folder, at: string): string {
  const {
    project: { name, dependencies, "optional-dependencies": extras, dynamic, "requires-python": python } = {},
    tool,
    ...others
  } = pyprojectOf(folder, at);
  const build = others["build-system"];
  return JSON.stringify({ name, dependencies, extras, dynamic, python, poetry: tool?.poetry?.dependencies, uv: tool?.uv, build });
}

/** A lock of uv names the project itself among the packages. */
const withoutVersion = (lock: string, name = ""): string =>
  lock
    .replace(/\r\n/g, "\n")
    .replace(
      /^(name = "([^"]+)"\n)version = "[^"]*"\n(?=source = \{ (?:editable|virtual) = "\." \})/gm,
      (whole, line: string, found: string) => (found === packageName(name) ? line : whole),
    );

/**
 * The lines of a requirements file and of those that it includes. Comments are gone, broken lines are one. A file that is not there is for
 * the resolver to tell.
 */
function requirementLines(folder: Folder, path: string, seen: Set<string>): readonly string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const lines = (folder.read(path) ?? "")
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
  return lines.flatMap((line) => {
    const other = /^(?:-r|-c|--requirement|--constraint)[ =]?\s*["']?([^"']+?)["']?$/.exec(line)?.[1];
    return other === undefined ? [line] : [line, ...requirementLines(folder, posix.join(posix.dirname(path), other), seen)];
  });
}

/** Name of a package as PEP 503 compares them. */
export const packageName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");
