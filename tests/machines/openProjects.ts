/** Projects that nobody here wrote, from PyPI, as their own people hand them out; kept in a cache, since they do not change. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import * as tar from "tar";
import { cacheFolder } from "../../tools/setup/folders";

const quiet = { stdio: ["ignore", "ignore", "pipe"] as ["ignore", "ignore", "pipe"] };

/** A Wagtail site, made as its tutorial says: `wagtail start mysite`. https://docs.wagtail.org/en/v7.0.6/getting_started/tutorial.html */
export function wagtailSite(into: string): void {
  copyOf("wagtail-7.0.6", into, (folder) => {
    const venv = join(folder, "venv");
    execFileSync("python3", ["-m", "venv", venv], quiet);
    execFileSync(join(venv, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "wagtail==7.0.6", "Django==5.2.*"], quiet);
    execFileSync(join(venv, "bin/wagtail"), ["start", "mysite"], { ...quiet, cwd: folder });
    return join(folder, "mysite");
  });
}

/** TiTiler, a FastAPI application that serves map tiles; its source archive. https://developmentseed.org/titiler/ */
export function titiler(into: string): void {
  copyOf("titiler-2.4.0", into, (folder) => {
    // The archive is of hatchling, which pip runs once to read its name.
    execFileSync("python3", ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary=:all:", "--dest", folder, "titiler.application==2.4.0"], quiet);
    tar.extract({ sync: true, file: join(folder, "titiler_application-2.4.0.tar.gz"), cwd: folder });
    return join(folder, "titiler_application-2.4.0");
  });
}

function copyOf(name: string, into: string, make: (folder: string) => string): void {
  const cached = join(cacheFolder(), "projects", name);
  if (!existsSync(cached)) {
    mkdirSync(dirname(cached), { recursive: true });
    const folder = mkdtempSync(`${cached}.`);
    renameSync(make(folder), cached);
    rmSync(folder, { recursive: true });
  }
  cpSync(cached, into, { recursive: true });
}
