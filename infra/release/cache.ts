import { homedir } from "node:os";
import { join } from "node:path";

/** Folder of things that can be made again, outside the project: `$XDG_CACHE_HOME/webstack/KIND`. */
export function cacheFolder(kind: "releases" | "wheels"): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "webstack", kind);
}
