import { basename, dirname, join } from "node:path";
import { cpSync, mkdirSync } from "node:fs";
import { exporter, findExporter } from "../../tools/exporters";
import { capture } from "../../tools/setup/process";
import { makeMissing } from "../../tools/setup/step";
import { findUv } from "../../tools/uv";
import { UsageError } from "../terminal";
import type { Folder } from "./folder";
import { formatOf, packageName, type Pyproject, tomlOf } from "./requirements";
import { type Question, uvEnvironment } from "./resolve";

/**
 * What uv is asked to resolve for an app: its own file, or what the tool of its lock file writes in that form.
 * @param scratch a folder for copies: what has to be built is built there, since that leaves files behind
 * @throws UsageError for a lock that is older than what it was made of; Failed with the tool's words
 */
export async function questionOf(
  root: string,
  folder: Folder,
  from: string,
  scratch: string,
): Promise<Pick<Question, "folder" | "file" | "text">> {
  const place = join(root, dirname(from));
  switch (formatOf(from)) {
    case "requirements":
      return { folder: root, file: from };
    case "pyproject":
      if (isStatic(folder.read(from) ?? "")) return { folder: place, file: basename(from) };
      return { folder: copyOf(root, folder, scratch), file: from };
    case "setup":
      return { folder: copyOf(root, folder, scratch), file: from };
    case "uv":
      requireFresh(folder, from);
      return {
        folder: place,
        file: "-",
        text: await capture(
          findUv(),
          [
            "export",
            "--quiet",
            "--frozen",
            "--no-dev",
            "--no-emit-project",
            "--no-header",
            "--no-annotate",
            "--format",
            "requirements.txt",
          ],
          { cwd: place, env: uvEnvironment() },
        ),
      };
    case "poetry":
      await makeMissing([exporter("poetry")], console.error);
      return {
        folder: place,
        file: "-",
        text: await capture(findExporter("poetry"), ["export", "--no-interaction", "--only", "main", "--format", "requirements.txt"], {
          cwd: place,
          env: { POETRY_VIRTUALENVS_CREATE: "false", POETRY_WARNINGS_EXPORT: "false" },
        }),
      };
    case "pipenv":
      await makeMissing([exporter("pipenv")], console.error);
      return {
        folder: place,
        file: "-",
        text: await capture(findExporter("pipenv"), ["requirements", "--hash"], {
          cwd: place,
          env: { PIPENV_IGNORE_VIRTUALENVS: "1", PIPENV_PIPFILE: join(place, "Pipfile"), PIPENV_VERBOSITY: "-1" },
        }),
      };
  }
}

/** Whether uv can read what the project needs without building it. */
function isStatic(text: string): boolean {
  const { project } = tomlOf("pyproject.toml", text) as Pyproject;
  return project?.dependencies !== undefined && project.dynamic?.includes("version") !== true;
}

function copyOf(root: string, { paths }: Folder, scratch: string): string {
  const copy = join(scratch, "app");
  for (const path of paths) {
    mkdirSync(join(copy, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  return copy;
}

interface UvLock {
  readonly package?: readonly {
    readonly name: string;
    readonly metadata?: { readonly "requires-dist"?: readonly { readonly name: string; readonly marker?: string }[] };
  }[];
}

/** `uv lock --check` would say the same, with a Python that the project allows; there may be none here. */
function requireFresh(folder: Folder, from: string): void {
  const { project } = tomlOf("pyproject.toml", folder.read(from.replace(/uv\.lock$/, "pyproject.toml"))) as Pyproject;
  const { package: packages = [] } = tomlOf(from, folder.read(from)) as UvLock;
  const own = packages.find(({ name }) => name === packageName(project?.name ?? ""));
  const locked = new Set((own?.metadata?.["requires-dist"] ?? []).map(({ name }) => name));
  const missing = (project?.dependencies ?? [])
    .map((line) => packageName(/^[\w.-]+/.exec(line)?.[0] ?? ""))
    .filter((name) => !locked.has(name));
  if (missing.length > 0)
    throw new UsageError(`${from}: must have what pyproject.toml asks for, and lacks ${missing.join(", ")}; uv lock brings it up to date`);
}
