import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, project } from "../../tools/setup/folders";
import { capture } from "../../tools/setup/process";
import { unittest } from "./checks";
import type { Suite } from "./suite";

export function examples(minutes: (name: string) => number): Suite[] {
  return [{ name: "examples/ocpizza", place: "processor", minutes: minutes("examples/ocpizza"), files: [], run: () => django("ocpizza") }];
}

/** An example's own tests, with the very packages its hosts install. */
async function django(example: string) {
  const folder = join(project, "examples", example);
  const requirements = join(folder, "requirements.txt");
  const name = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const venv = join(cacheFolder(), "venvs", name);
  if (!existsSync(join(venv, "complete"))) {
    await capture("python3", ["-m", "venv", "--clear", venv]);
    await capture(join(venv, "bin/pip"), ["install", "--quiet", "--require-hashes", "--only-binary=:all:", "--requirement", requirements]);
    writeFileSync(join(venv, "complete"), "");
  }
  return unittest([join(venv, "bin/python"), "manage.py", "test"], folder);
}
