import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cachedFor, project } from "./folders";
import { capture } from "./process";
import type { Step } from "./step";

/** Programs from PyPI, in a virtual environment of their own that is named by what is in it. */
export interface Venv {
  /** Path of one of its programs, "python" among them. @throws when set-up has not installed it. */
  find(program: string): string;
  readonly step: Step;
}

/**
 * The environment of tools/FOLDER/requirements.txt, with build-requirements.txt where one of them has no wheel. `says` completes "... not
 * installed".
 */
export function venv(folder: string, name: string, says: string): Venv {
  const requirements = join(project, "tools", folder, "requirements.txt");
  const place = () => placeOf(folder, requirements);
  return {
    find(program) {
      const found = join(place(), "bin", program);
      if (!existsSync(found)) throw new Error(`${program} is missing; npm test installs it`);
      return found;
    },
    step: {
      name,
      missing: () => (existsSync(place()) ? null : `${says} not installed`),
      make: () => makeVenv(place(), requirements),
    },
  };
}

/** Path of a Python that has the packages of an app's requirements file, installed as hosts install them. */
export async function venvOf(requirements: string): Promise<string> {
  const place = placeOf("examples", requirements);
  if (!existsSync(place)) await makeVenv(place, requirements);
  return join(place, "bin", "python");
}

function placeOf(folder: string, requirements: string): string {
  return cachedFor(folder, [requirements]);
}

/**
 * Installs wheels alone, by their hashes. A source that a file excepts (`--no-binary`) is built by what build-requirements.txt beside it
 * has, since pip would fetch what builds it without a hash. Several may make the same one at the same time; the first that is done stays.
 */
async function makeVenv(place: string, requirements: string): Promise<void> {
  mkdirSync(dirname(place), { recursive: true });
  const unfinished = mkdtempSync(`${place}.`);
  // The box's pip, as on hosts: one of its own takes four seconds of the processor, and nobody asks for it afterwards.
  const pip = ["-m", "pip", "--python", join(unfinished, "bin", "python")];
  const install = (file: string) =>
    capture("python3", [
      ...pip,
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--require-hashes",
      "--no-build-isolation",
      "--only-binary=:all:",
      "--requirement",
      file,
    ]);
  try {
    await capture("python3", ["-m", "venv", "--without-pip", unfinished]);
    const builders = join(dirname(requirements), "build-requirements.txt");
    if (existsSync(builders)) await install(builders);
    await install(requirements);
    // Scripts name their interpreter by its path, which the renaming changes.
    await capture("sh", ["-c", 'grep -rlIF "$1" "$1/bin" | xargs sed -i "1s|$1|$2|"', "sh", unfinished, place]);
    renameSync(unfinished, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
