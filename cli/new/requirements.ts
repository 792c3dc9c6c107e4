import { posix } from "node:path";
import { parse } from "smol-toml";
import type { Folder } from "./folder";

/** The packages that an application says it needs. */
export interface Requirements {
  /** Where they stand: "requirements.txt", "pyproject.toml". */
  readonly from: string;
  /** pip installs exactly these: each has a version and a hash. */
  readonly hashed: boolean;
  /** Lines for pip, in the form of a requirements file. */
  readonly lines: readonly string[];
  /** Versions that a lock file has chosen, `name==1.2`; "" in front of them where there is none. */
  readonly constraints: readonly string[];
}

const files = [
  "requirements/production.txt", "requirements/prod.txt", "requirements.txt", "requirements-prod.txt", "requirements/base.txt", "requirements.in",
];

/** What the folder says, from `chosen` or from the first place that says anything. undefined: nowhere. */
export function findRequirements(folder: Folder, chosen?: string): Requirements | undefined {
  const file = chosen ?? files.find((path) => folder.paths.includes(path));
  if (file !== undefined && !file.endsWith(".toml") && !file.endsWith(".cfg")) return fromFile(folder, file);
  return (file === undefined || file.endsWith(".toml") ? fromPyproject(folder, file ?? "pyproject.toml") : undefined) ?? (chosen === undefined || chosen.endsWith(".cfg") ? fromSetupCfg(folder) : undefined);
}

function fromFile(folder: Folder, path: string): Requirements | undefined {
  const lines = requirementLines(folder, path, new Set());
  if (lines === undefined) return undefined;
  const hashed = lines.length > 0 && lines.every((line) => line.includes("--hash="));
  return { from: path, hashed, lines: lines.map((line) => line.replace(/\s+--hash=\S+/g, "").trim()), constraints: [] };
}

/** The requirements of a file and of those that it names with -r; comments and pip's options are gone, broken lines are one. */
function requirementLines(folder: Folder, path: string, seen: Set<string>): readonly string[] | undefined {
  const text = folder.read(path);
  if (text === undefined || seen.has(path)) return undefined;
  seen.add(path);
  const lines = text.replace(/\\\r?\n/g, " ").split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter((line) => line !== "");
  return lines.flatMap((line) => {
    const other = /^(?:-r|--requirement)[ =]?\s*(\S+)$/.exec(line)?.[1];
    if (other !== undefined) return requirementLines(folder, posix.normalize(posix.join(posix.dirname(path), other)), seen) ?? [];
    return line.startsWith("-") && !line.startsWith("-e") && !line.startsWith("--editable") ? [] : [line];
  });
}

interface Pyproject {
  readonly project?: { readonly dependencies?: readonly string[] };
  readonly tool?: { readonly poetry?: { readonly dependencies?: Readonly<Record<string, unknown>> } };
}

function fromPyproject(folder: Folder, path: string): Requirements | undefined {
  const text = folder.read(path);
  if (text === undefined) return undefined;
  const { project, tool } = parse(text) as Pyproject;
  const constraints = lockedVersions(folder);
  const poetry = Object.keys(tool?.poetry?.dependencies ?? {}).filter((name) => name.toLowerCase() !== "python");
  if (project?.dependencies !== undefined) return { from: path, hashed: false, lines: project.dependencies, constraints };
  // Poetry's own version ranges are none that pip knows; its lock file has the versions.
  return poetry.length > 0 && constraints.length > 0 ? { from: `${path} and poetry.lock`, hashed: false, lines: poetry, constraints } : undefined;
}

/** Versions of uv.lock or poetry.lock. A package with two versions, one for each platform, is left to pip. */
function lockedVersions(folder: Folder): readonly string[] {
  const text = folder.read("uv.lock") ?? folder.read("poetry.lock");
  if (text === undefined) return [];
  const { package: packages = [] } = parse(text) as { package?: readonly { name: string; version?: string; source?: { registry?: string; type?: string } }[] };
  const own = packages.filter(({ version, source }) => version !== undefined && (source === undefined || source.registry !== undefined || source.type === "legacy"));
  const count = (name: string) => own.filter((one) => one.name === name).length;
  return own.filter(({ name }) => count(name) === 1).map(({ name, version }) => `${name}==${version ?? ""}`);
}

function fromSetupCfg(folder: Folder): Requirements | undefined {
  const block = /^install_requires\s*=\s*([^\n]*(?:\n[ \t]+[^\n]*|\n(?=\n*[ \t]))*)/m.exec(folder.read("setup.cfg") ?? "")?.[1];
  const lines = (block ?? "").split("\n").map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter((line) => line !== "");
  return lines.length === 0 ? undefined : { from: "setup.cfg", hashed: false, lines, constraints: [] };
}

/** Name of a requirement as PEP 503 compares them: `psycopg[binary]>=3` is psycopg. */
export function packageName(requirement: string): string {
  return (/^[\w.-]+/.exec(requirement)?.[0] ?? "").toLowerCase().replace(/[-_.]+/g, "-");
}
