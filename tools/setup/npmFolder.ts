import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { cachedFor, project } from "./folders";
import { capture } from "./process";

/** Packages of npm in a folder of the cache, by a lock of their own: beside the project and not part of it. */
export interface NpmFolder {
  folder(): string;
  isThere(): boolean;
  /** Installs them, and runs no script of theirs. */
  make(): Promise<void>;
}

/** Those of tools/NAME, with the `programs` of that folder that use them. */
export function npmFolder(name: string, programs: readonly string[] = []): NpmFolder {
  const sources = ["package.json", "package-lock.json", ...programs].map((file) => join(project, "tools", name, file));
  const folder = () => cachedFor(name, sources);
  return {
    folder,
    isThere: () => existsSync(folder()),
    async make() {
      const unfinished = `${folder()}.unfinished`;
      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished, { recursive: true });
      for (const source of sources) cpSync(source, join(unfinished, basename(source)));
      await capture("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: unfinished });
      renameSync(unfinished, folder());
    },
  };
}
