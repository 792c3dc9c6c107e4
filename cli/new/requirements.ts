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
  };
  readonly "build-system"?: unknown;
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
  const beside = (...names: readonly string[]) => names.map((name) => folder.read(posix.join(posix.dirname(from), name)) ?? "");
  switch (formatOf(from)) {
    case "requirements":
      return requirementLines(folder, from, new Set());
    case "pipenv":
      return beside("Pipfile.lock").map((text) => text.replace(/\r\n/g, "\n"));
    case "setup":
      return beside("setup.py", "setup.cfg", "pyproject.toml").map((text) => text.replace(/\r\n/g, "\n"));
    case "uv":
    case "poetry":
    case "pyproject": {
      const {
        project: { name, dependencies, "optional-dependencies": extras, dynamic, "requires-python": python } = {},
        tool,
        ...others
      } = tomlOf("pyproject.toml", beside("pyproject.toml")[0]) as Pyproject;
      // Not the version, which the project's people count up as they please.
      const asked = {
        name,
        dependencies,
        extras,
        dynamic,
        python,
        poetry: tool?.poetry?.dependencies,
        uv: tool?.uv,
        build: others["build-system"],
      };
      return [
        JSON.stringify(asked),
        ...(from.endsWith(".lock") ? beside(posix.basename(from)).map((text) => withoutVersion(text, name)) : []),
      ];
    }
  }
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
