import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { type DebianName, debianNames, debians, debianTitle } from "../config/catalog/debian";
import { plainPath } from "../config/plainPath";
import type { Problem } from "../config/problems";
import { quote } from "../config/quote";
import type { AppSpec, StaticSpec } from "../config/spec";
import { join as joinPath } from "../config/schema/type";
import { buildPackagesFor } from "./buildPackages";
import { sourceFiles } from "./source";
import { sourcePackages, toolsSuffix } from "./sourcePackages";

/** Why no release can be made of an app's folder for hosts with this Debian, which nothing but a look at it tells. */
export function checkSource(
  { source, requirements, exclude, buildPackages }: Omit<AppSpec, "name">,
  folders: readonly StaticSpec[],
  debian: DebianName,
): readonly Problem[] {
  if (!existsSync(source) || !statSync(source).isDirectory())
    return [
      { at: "app.source", ofBox: true, must: "must be a folder of this box", got: source, hint: `it is sought at ${resolve(source)}` },
    ];
  const file = join(source, requirements);
  if (!existsSync(file)) {
    return [
      {
        at: "app.requirements",
        ofBox: true,
        must: "must be a file in app.source",
        got: requirements,
        hint: "name the file with versions and hashes; npm run new makes one",
      },
    ];
  }
  return [
    ...checkReleased(source, requirements, exclude),
    ...checkFolders(source, exclude, folders),
    ...checkLock(source, requirements, readFileSync(file, "utf8"), debian),
    ...checkCompiler(file, buildPackages),
  ];
}

/** A host installs, and compiles, what the release has, not what lies beside it here. */
function checkReleased(source: string, requirements: string, exclude: readonly string[]): readonly Problem[] {
  const released = new Set(sourceFiles(source, exclude));
  const compiled = sourcePackages(join(source, requirements)).flatMap(({ tools }) => [tools.slice(0, -toolsSuffix.length), tools]);
  return [requirements, ...compiled.map((file) => relative(source, file).split(sep).join("/"))]
    .filter((path) => !released.has(plainPath(path)))
    .map((path): Problem => ({
      at: "app.requirements",
      ofBox: true,
      must: "must be a file of the release",
      got: path,
      hint: `git, a .gitignore or app.exclude leaves it out; git add --force ${quote(path)} brings it in`,
    }));
}

/** Static folders are the app's while steps run, and the world's afterwards. */
function checkFolders(source: string, exclude: readonly string[], folders: readonly StaticSpec[]): readonly Problem[] {
  if (folders.length === 0) return [];
  const programs = sourceFiles(source, exclude).filter((path) => path.endsWith(".py"));
  return folders.flatMap(({ url, folder }) => {
    const program = programs.find((path) => path.startsWith(`${plainPath(folder)}/`));
    return program === undefined
      ? []
      : [
          {
            at: joinPath("static", url),
            ofBox: true as const,
            must: "must be a folder without the app's own programs, since everybody may read what is in it",
            got: folder,
            hint: `${program} lies there; name the folder that a release step fills`,
          },
        ];
  });
}

/** A lock of ours names the Python that it is for. */
function checkLock(source: string, requirements: string, text: string, debian: DebianName): readonly Problem[] {
  const { python } = debians[debian];
  const found = lockedFor(text);
  if (found === null || found === python) return [];
  const older = debianNames.find((name) => debians[name].python === found);
  return [
    {
      at: "app.requirements",
      ofBox: true,
      must: `must have wheels for Python ${python}, which ${debianTitle(debian)} has`,
      got: `${requirements}, made for Python ${found}`,
      hint:
        `npm run new -- --app ${quote(source)} --lock --image ${debian} chooses them ` +
        `anew${older === undefined ? "" : `; host.image: ${older} keeps what is there`}`,
    },
  ];
}

/** Which packages a build needs nobody can tell for sure; that it needs any, its source does. */
function checkCompiler(file: string, buildPackages: readonly string[]): readonly Problem[] {
  const names = sourcePackages(file).map(({ name }) => name);
  if (names.length === 0 || buildPackages.length > 0) return [];
  return [
    {
      at: "app.buildPackages",
      ofBox: true,
      must: `must name the Debian packages by which hosts compile ${names.join(", ")}`,
      got: buildPackages,
      hint: `for example buildPackages: [${buildPackagesFor(names).join(", ")}]`,
    },
  ];
}

/** The Python that a lock of `npm run new` has its wheels for; null of a file that somebody else made. */
export const lockedFor = (text: string): string | null => /^# Wheels for Python (\S+) on Linux /.exec(text)?.[1] ?? null;
