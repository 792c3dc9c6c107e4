/** Projects that nobody here wrote, from PyPI, as their own people hand them out; kept in a cache, since they do not change. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as tar from "tar";
import { cacheFolder } from "../../tools/setup/folders";
import { venvOf } from "../../tools/setup/venv";

const quiet = { stdio: ["ignore", "ignore", "pipe"] as ["ignore", "ignore", "pipe"] };

/** Packages with their hashes. */
const pinned = (name: string): string => join(__dirname, "projects", `${name}.txt`);

/** A Wagtail site, made as its tutorial says: `wagtail start mysite`. https://docs.wagtail.org/en/v7.0.6/getting_started/tutorial.html */
export async function wagtailSite(into: string): Promise<void> {
  await copyOf("wagtail-7.0.6", into, async (folder) => {
    const wagtail = join(dirname(await venvOf(pinned("wagtail"))), "wagtail");
    execFileSync(wagtail, ["start", "mysite"], { ...quiet, cwd: folder });
    return join(folder, "mysite");
  });
}

/** TiTiler, a FastAPI application that serves map tiles; its source archive. https://developmentseed.org/titiler/ */
export async function titiler(into: string): Promise<void> {
  await copyOf("titiler-2.4.0", into, async (folder) => {
    // The archive is of hatchling, which pip runs once to read its name.
    const python = await venvOf(pinned("hatchling"));
    execFileSync(
      "python3",
      [
        "-m",
        "pip",
        "--python",
        python,
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-build-isolation",
        "--no-deps",
        "--no-binary=:all:",
        "--dest",
        folder,
        "--requirement",
        pinned("titiler"),
      ],
      quiet,
    );
    tar.extract({ sync: true, file: join(folder, "titiler_application-2.4.0.tar.gz"), cwd: folder });
    return join(folder, "titiler_application-2.4.0");
  });
}

async function copyOf(name: string, into: string, make: (folder: string) => Promise<string>): Promise<void> {
  const cached = join(cacheFolder(), "projects", name);
  if (!existsSync(cached)) {
    mkdirSync(dirname(cached), { recursive: true });
    const folder = mkdtempSync(`${cached}.`);
    renameSync(await make(folder), cached);
    rmSync(folder, { recursive: true });
  }
  cpSync(cached, into, { recursive: true });
}
