import { networkInterfaces } from "node:os";
import type { DebianName } from "../../infra/config/catalog/debian";
import type { TargetName } from "../../infra/config/spec";
import { buildPackagesFor } from "../../infra/release/buildPackages";
import type { Application } from "./applications";
import type { Django } from "./django";
import { isSecretName, type Read } from "./environment";
import type { Folder } from "./folder";

/** What the person decided, or agreed to. */
export interface Choices {
  readonly name: string;
  readonly target: TargetName;
  /** "" for none. */
  readonly domain: string;
  /** Networks that may open SSH connections; empty where the target knows them. */
  readonly sshFrom: readonly string[];
  /** Who hears of alerts; empty where the target has no way to tell them. */
  readonly emails: readonly string[];
  readonly application: Application;
  /** URL path that answers 200 when the app works. */
  readonly health: string;
  readonly database: boolean;
  /** Values of variables that are no secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly range: string;
  /** What hosts start from. */
  readonly image: DebianName;
}

/** Everything that the files of a new stack say. */
export interface Design extends Choices {
  readonly django: Django | undefined;
  /** Folder that collectstatic fills; "" where there is nothing to serve. */
  readonly staticRoot: string;
  /** The project's own settings need nothing laid over them, or are none of Django's. */
  readonly overlaid: boolean;
  readonly secrets: readonly string[];
  readonly exclude: readonly string[];
  readonly pythonPath: string;
  /** Names of the packages that hosts compile. */
  readonly compiled: readonly string[];
  /** Debian packages that they compile them with. */
  readonly buildPackages: readonly string[];
}

/** Variables that every app gets from its host, or that the stack's file sets anyway. */
const given = new Set(["DATABASE_URL", "SITE_HOSTS", "SITE_SCHEME", "DJANGO_SETTINGS_MODULE", "HOME", "PATH", "USER", "PYTHONPATH"]);

/** Name of the file with every package, its version and its hash. */
export const lockName = "webstack_requirements.txt";

export function design(
  folder: Folder,
  choices: Choices,
  django: Django | undefined,
  variables: readonly Read[],
  compiled: readonly string[] = [],
): Design {
  const overlaid = django !== undefined && !django.ready;
  const staticRoot = django === undefined || django.staticUrl === "" ? "" : overlaid ? freeFolder(folder) : django.staticRoot;
  return {
    ...choices,
    django,
    overlaid,
    staticRoot,
    secrets: secretsOf(django, variables, choices.env),
    exclude: folder.exclude,
    compiled,
    buildPackages: buildPackagesFor(compiled),
    // Where an installation of the project itself would put its packages.
    pythonPath:
      choices.application.file.startsWith("src/") || folder.paths.some((path) => /^src\/[^/]+\/__init__\.py$/.test(path)) ? "src" : "",
  };
}

function secretsOf(django: Django | undefined, variables: readonly Read[], env: Choices["env"]): readonly string[] {
  const read = variables.filter(({ name, required }) => required && isSecretName(name)).map(({ name }) => name);
  const all = [...(django === undefined ? [] : [django.secretKey]), ...read];
  return [...new Set(all)].filter((name) => !given.has(name) && !Object.hasOwn(env, name));
}

/** Variables without which the app does not start, which are no secrets and which nobody has given a value. */
export function unanswered(variables: readonly Read[], env: Choices["env"]): readonly string[] {
  return variables
    .filter(({ name, required }) => required && !given.has(name) && !isSecretName(name) && !Object.hasOwn(env, name))
    .map(({ name }) => name);
}

/** A folder that the source does not have, so that collectstatic never mixes with it. */
function freeFolder({ paths }: Folder): string {
  const taken = (name: string) => paths.some((path) => path.startsWith(`${name}/`));
  return ["staticfiles", "static_collected", "webstack_static"].find((name) => !taken(name)) ?? "webstack_static";
}

/**
 * A path that says whether the app works, as far as its source has one; else its first page, or where a Django project has none but its
 * administration, the login of that.
 */
export function healthPath(texts: readonly string[]): string {
  const all = texts.join("\n");
  const found = /["'](\/?(?:healthz|_?health|health[-_]?check|ready|readyz|livez|ping|up|_status|status)\/?)["']/.exec(all)?.[1];
  if (found !== undefined) return `/${found.replace(/^\//, "")}`;
  const routes = [...all.matchAll(/(?:^|[[,])\s*(?:re_)?path\(\s*r?["']\^?([^"']*?)\$?["']\s*,\s*([\w.]+)/gm)].map(
    ([, path = "", view]) => ({ path, view }),
  );
  const administration = routes.find(({ view }) => view === "admin.site.urls");
  return administration === undefined || routes.length > 1 ? "/" : `/${administration.path}login/`;
}

/** Networks of this box. */
export const ownNetworks = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).flatMap(({ cidr }) => cidr ?? []));
