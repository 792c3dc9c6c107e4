import { posix } from "node:path";
import { type DebianName, debianNames, debians, debianTitle, defaultDebian } from "../../infra/config/catalog/debian";
import { UsageError } from "../terminal";
import type { Folder } from "./folder";
import { type Pyproject, tomlOf } from "./requirements";

/** What a project says of the Python that it runs on. */
export interface PythonWish {
  /** Where: "requires-python of pyproject.toml". */
  readonly from: string;
  /** A specifier, ">=3.12,<4" or Poetry's "^3.12". */
  readonly says: string;
}

/** Every wish of the project. A file that names the one version people develop with means that version or a newer one. */
export function pythonWishes(folder: Folder, from: string): readonly PythonWish[] {
  const read = (name: string) => folder.read(posix.join(posix.dirname(from), name));
  const { project, tool } = tomlOf("pyproject.toml", read("pyproject.toml")) as Pyproject;
  const [poetry, pipfile] = [
    tool?.poetry?.dependencies?.["python"],
    tomlOf("Pipfile", read("Pipfile")) as { requires?: { python_version?: string } },
  ];
  const pinned = (name: string, text: string | undefined): PythonWish[] => {
    const version = /^(?:python-|cpython-)?(3\.\d+)/m.exec(text ?? "")?.[1];
    return version === undefined ? [] : [{ from: name, says: `>=${version}` }];
  };
  return [
    ...(project?.["requires-python"] === undefined
      ? []
      : [{ from: "requires-python of pyproject.toml", says: project["requires-python"] }]),
    ...(typeof poetry === "string" ? [{ from: "python of pyproject.toml", says: poetry }] : []),
    ...pinned(".python-version", read(".python-version") ?? folder.read(".python-version")),
    ...pinned("runtime.txt", read("runtime.txt")),
    ...pinned("Pipfile", pipfile.requires?.python_version),
  ];
}

/** The image whose Python every wish allows: the preferred one, else the first that will do; undefined where none does. */
export function imageFor(wishes: readonly PythonWish[], preferred: DebianName): DebianName | undefined {
  return [preferred, ...debianNames].find((name) => refused(wishes, name) === undefined);
}

const refused = (wishes: readonly PythonWish[], image: DebianName): PythonWish | undefined =>
  wishes.find(({ says }) => !allows(says, debians[image].pythonFull));

/**
 * The image of an app's hosts: the one that was asked for, else the default or what the project's own words leave. @throws UsageError where
 * they do not allow its Python
 */
export function takeImage(wishes: readonly PythonWish[], asked: DebianName | undefined): DebianName {
  const taken = asked ?? imageFor(wishes, defaultDebian) ?? defaultDebian;
  const wish = refused(wishes, taken);
  if (wish === undefined) return taken;
  const [other, there] = [
    imageFor(wishes, taken),
    debianNames.map((name) => `${debianTitle(name)} has ${debians[name].pythonFull}`).join(" and "),
  ];
  throw new UsageError(
    `${wish.from}: must allow the Python of the hosts, ${debians[taken].pythonFull}, got "${wish.says}"; ` +
      `${other === undefined ? `${there}: change it if the app runs there` : `--image ${other} has one that it allows`}`,
  );
}

/**
 * Whether a specifier allows a version: PEP 440's comparisons, and Poetry's ^ and || beside them.
 * https://python-poetry.org/docs/dependency-specification/ What it does not know it allows, since the resolver looks again.
 */
export function allows(specifier: string, version: string): boolean {
  return specifier
    .replace(/([<>=!~^])\s+/g, "$1")
    .split("||")
    .some((all) =>
      all
        .trim()
        .split(/[,\s]+/)
        .every((one) => fits(one, version)),
    );
}

function fits(one: string, version: string): boolean {
  const [, operator = "", wanted = "", star] = /^(===?|!=|~=|>=|<=|>|<|\^|~)?\s*v?(\d+(?:\.\d+)*)(\.\*)?$/.exec(one) ?? [];
  if (wanted === "") return true;
  const parts = wanted.split(".").map(Number);
  const order = compare(version, wanted);
  const below = (length: number) => compare(version, [...parts.slice(0, length - 1), (parts[length - 1] ?? 0) + 1].join(".")) < 0;
  const begins = star !== undefined && order >= 0 && below(parts.length);
  switch (operator) {
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case "<":
      return order < 0;
    case "!=":
      return star === undefined ? order !== 0 : !begins;
    case "^":
      return order >= 0 && below(1);
    case "~":
      return order >= 0 && below(Math.min(2, parts.length));
    case "~=":
      return order >= 0 && below(parts.length - 1);
    default:
      return star === undefined ? order === 0 : begins;
  }
}

function compare(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
