import { basename } from "node:path";
import { type Application, findApplications, likeliest } from "./applications";
import { healthPath } from "./design";
import { type Django, findDjango } from "./django";
import { type Read, variablesOf } from "./environment";
import { fileOf, type Folder, sources } from "./folder";

/** What an app's folder tells by itself. */
export interface Found {
  readonly applications: readonly Application[];
  readonly likeliest: Application | undefined;
  readonly django: Django | undefined;
  readonly variables: readonly Read[];
  readonly health: string;
  readonly database: boolean;
}

const drivers = ["psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000"];

/** Whether one of these packages speaks to PostgreSQL. */
export const hasDriver = (packages: ReadonlyMap<string, string>): boolean => drivers.some((name) => packages.has(name));

/** Reads the folder; `chosen` are the person's own words where a guess would not do. */
export function find(folder: Folder, chosen: { readonly settings?: string | undefined }): Found {
  const applications = findApplications(folder);
  const texts = sources(folder).map((path) => folder.read(path) ?? "");
  const guessed = findDjango(folder);
  const django = guessed === undefined || chosen.settings === undefined ? guessed : { ...guessed, settings: chosen.settings };
  const best = django === undefined ? likeliest(applications) : applications.find(({ framework }) => framework === "Django");
  const variables = django?.variables ?? variablesOf(texts);
  return {
    applications,
    likeliest: best,
    django,
    variables,
    health: healthPath(texts),
    database: django !== undefined || variables.some(({ name }) => name === "DATABASE_URL"),
  };
}

/** An application that the person named, by the file it is in; undefined where no file of the folder is its module. */
export function named(folder: Folder, { applications }: Found, module: string): Application | undefined {
  const known = applications.find((one) => one.module === module);
  if (known !== undefined) return known;
  const file = fileOf(folder, module.split(":")[0] ?? "");
  return file === undefined
    ? undefined
    : { kind: /\b(FastAPI|Starlette|ASGI|asgi)\b/.test(folder.read(file) ?? "") ? "asgi" : "wsgi", framework: "Python", module, file };
}

/** A stack's name from that of a folder: lower-case letters, digits and dashes, at most 20. */
export function stackName(root: string): string {
  const plain = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 20)
    .replace(/-+$/, "");
  return plain.length < 2 ? "app" : plain;
}
