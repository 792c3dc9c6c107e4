import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, project } from "./setup/folders";
import { capture } from "./setup/process";
import type { Step } from "./setup/step";

/** sslyze judges a TLS server by Mozilla's guideline, gixy a configuration of nginx, ssh-audit an SSH server. */
const requirements = join(project, "tools", "scanners", "requirements.txt");

/** A virtual environment named by what is in it. */
function folder(): string {
  return join(cacheFolder(), "scanners", createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16));
}

/** Path of a scanner's program. @throws when set-up has not installed it. */
export function findScanner(program: "sslyze" | "gixy" | "ssh-audit"): string {
  const found = join(folder(), "bin", program);
  if (!existsSync(found)) throw new Error(`${program} is missing; npm test installs it`);
  return found;
}

/** Installed from PyPI, for tests of what machines show to the world. */
export const scanners: Step = {
  name: "Scanners",
  missing: () => (existsSync(folder()) ? null : "sslyze, gixy and ssh-audit are not installed"),
  async make() {
    const unfinished = `${folder()}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    await capture("python3", ["-m", "venv", unfinished], {});
    await capture(join(unfinished, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements], {});
    // Scripts name their interpreter by its path, which the renaming changes.
    await capture("sed", ["-i", `1s|${unfinished}|${folder()}|`, ...["sslyze", "gixy", "ssh-audit"].map((name) => join(unfinished, "bin", name))], {});
    renameSync(unfinished, folder());
  },
};
