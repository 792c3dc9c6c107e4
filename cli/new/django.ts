import { variablesOf, type Read } from "./environment";
import { fileOf, type Folder } from "./folder";

/** What the settings of a Django project say. */
export interface Django {
  /** Module of the settings that production would take. */
  readonly settings: string;
  /** Begins and ends with "/"; "" where nginx has nothing to serve. */
  readonly staticUrl: string;
  /** Last folder of their STATIC_ROOT; "" where they have none. */
  readonly staticRoot: string;
  readonly uploads: boolean;
  /** Variable that the secret key comes from. */
  readonly secretKey: string;
  readonly variables: readonly Read[];
  /** They take hosts and database from what our hosts give, so nothing must be laid over them. */
  readonly ready: boolean;
}

/** undefined where the folder has no manage.py that names settings. */
export function findDjango(folder: Folder): Django | undefined {
  const named = /["']DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']/.exec(folder.read("manage.py") ?? "")?.[1];
  if (named === undefined) return undefined;
  const settings = productionOf(folder, named);
  const texts = settingsTexts(folder, settings, new Set());
  const all = texts.join("\n");
  const variables = variablesOf(texts);
  const reads = (name: string) => variables.some((variable) => variable.name === name);
  const keyLine = /^SECRET_KEY\s*=\s*([^\n]*(?:\n[ \t)][^\n]*)*)/m.exec(all)?.[1] ?? "";
  return {
    settings,
    staticUrl: /["']django\.contrib\.staticfiles["']/.test(all)
      ? slashes(/^STATIC_URL\s*=\s*["']([\w./~-]*)["']/m.exec(all)?.[1] ?? "static/")
      : "",
    staticRoot: /^STATIC_ROOT\s*=.*["'/]([\w.-]+)["']\s*\)*\s*$/m.exec(all)?.[1] ?? "",
    uploads: /^MEDIA_ROOT\s*=/m.test(all),
    secretKey: variablesOf([keyLine])[0]?.name ?? "DJANGO_SECRET_KEY",
    variables,
    ready: reads("DATABASE_URL") && reads("SITE_HOSTS"),
  };
}

/** Settings often come as a package with one module for each place; manage.py names that of development. */
function productionOf(folder: Folder, named: string): string {
  const isPackage = fileOf(folder, named)?.endsWith("/__init__.py") ?? false;
  const beside = isPackage ? named : named.split(".").slice(0, -1).join(".");
  const candidates = ["production", "prod"].map((name) => (beside === "" ? name : `${beside}.${name}`));
  return candidates.find((module) => fileOf(folder, module) !== undefined) ?? named;
}

/** The text of a settings module and, before it, of those it takes everything from. */
function settingsTexts(folder: Folder, module: string, seen: Set<string>): readonly string[] {
  const file = fileOf(folder, module);
  if (file === undefined || seen.has(file)) return [];
  seen.add(file);
  const text = folder.read(file) ?? "";
  const packageOf = file.endsWith("/__init__.py") ? module : module.split(".").slice(0, -1).join(".");
  const taken = [...text.matchAll(/^\s*from\s+(\.*)([\w.]*)\s+import\s+\*/gm)].map(([, dots = "", name = ""]) => {
    if (dots === "") return name;
    const parts = packageOf.split(".");
    return [...parts.slice(0, parts.length - dots.length + 1), ...(name === "" ? [] : [name])].join(".");
  });
  return [...taken.flatMap((name) => settingsTexts(folder, name, seen)), text];
}

/** Django itself puts a "/" before a relative STATIC_URL. */
const slashes = (url: string): string => `/${url}/`.replace(/\/+/g, "/");
