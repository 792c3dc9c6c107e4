import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, project } from "./folders";
import { capture } from "./process";
import type { Step } from "./step";

/** Programs from PyPI, in a virtual environment of their own that is named by what is in it. */
export interface Venv {
  /** Path of one of its programs, "python" among them. @throws when set-up has not installed it. */
  find(program: string): string;
  readonly step: Step;
}

/** The environment of tools/FOLDER/requirements.txt. `says` completes "... not installed". */
export function venv(folder: string, name: string, says: string): Venv {
  const requirements = join(project, "tools", folder, "requirements.txt");
  const place = () => join(cacheFolder(), folder, createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16));
  return {
    find(program) {
      const found = join(place(), "bin", program);
      if (!existsSync(found)) throw new Error(`${program} is missing; npm test installs it`);
      return found;
    },
    step: {
      name,
      missing: () => (existsSync(place()) ? null : `${says} not installed`),
      async make() {
        const unfinished = `${place()}.unfinished`;
        rmSync(unfinished, { recursive: true, force: true });
        await capture("python3", ["-m", "venv", unfinished], {});
        await capture(join(unfinished, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements], {});
        // Scripts name their interpreter by its path, which the renaming changes.
        await capture("sh", ["-c", 'grep -rlIF "$1" "$1/bin" | xargs sed -i "1s|$1|$2|"', "sh", unfinished, place()], {});
        renameSync(unfinished, place());
      },
    },
  };
}
