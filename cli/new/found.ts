import { basename } from "node:path";
import { type Application, findApplications, likeliest } from "./applications";
import { healthPath } from "./design";
import { type Django, findDjango } from "./django";
import { type Read, variablesOf } from "./environment";
import { fileOf, type Folder, sources } from "./folder";
import { findRequirements, packageName, type Requirements } from "./requirements";

/** What an app's folder tells by itself. */
export interface Found {
  readonly applications: readonly Application[];
  readonly likeliest: Application | undefined;
  readonly django: Django | undefined;
  readonly requirements: Requirements | undefined;
  readonly variables: readonly Read[];
  readonly health: string;
  readonly database: boolean;
}

const drivers = ["psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000"];

/** Reads the folder; `chosen` are the person's own words where a guess would not do. */
export function find(folder: Folder, chosen: { readonly requirements?: string | undefined; readonly settings?: string | undefined }): Found {
  const applications = findApplications(folder);
  const texts = sources(folder).map((path) => folder.read(path) ?? "");
  const guessed = findDjango(folder);
  const django = guessed === undefined || chosen.settings === undefined ? guessed : { ...guessed, settings: chosen.settings };
  const requirements = findRequirements(folder, chosen.requirements);
  const best = django === undefined ? likeliest(applications) : applications.find(({ framework }) => framework === "Django");
  const variables = django?.variables ?? variablesOf(texts);
  return {
    applications,
    likeliest: best,
    django,
    requirements,
    variables,
    health: healthPath(texts),
    database: django !== undefined || variables.some(({ name }) => name === "DATABASE_URL") || (requirements?.lines.some((line) => drivers.includes(packageName(line))) ?? false),
  };
}

/** An application that the person named, by the file it is in; undefined where no file of the folder is its module. */
export function named(folder: Folder, { applications }: Found, module: string): Application | undefined {
  const known = applications.find((one) => one.module === module);
  if (known !== undefined) return known;
  const file = fileOf(folder, module.split(":")[0] ?? "");
  return file === undefined ? undefined : { kind: /\b(FastAPI|Starlette|ASGI|asgi)\b/.test(folder.read(file) ?? "") ? "asgi" : "wsgi", framework: "Python", module, file };
}

/** A stack's name from that of a folder: lower-case letters, digits and dashes, at most 20. */
export function stackName(root: string): string {
  const plain = basename(root).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+/, "").slice(0, 20).replace(/-+$/, "");
  return plain.length < 2 ? "app" : plain;
}
