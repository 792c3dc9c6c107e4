import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Problem } from "../config/problems";
import type { AppSpec } from "../config/spec";

/** Why no release can be made of an app's folder, which nothing but a look at it tells. */
export function checkSource({ source, requirements }: Pick<AppSpec, "source" | "requirements">): readonly Problem[] {
  if (!existsSync(source) || !statSync(source).isDirectory()) return [{ at: "app.source", ofBox: true, must: "must be a folder of this box", got: source, hint: `it is sought at ${resolve(source)}` }];
  if (!existsSync(join(source, requirements))) {
    return [{ at: "app.requirements", ofBox: true, must: "must be a file in app.source", got: requirements, hint: "name the file with versions and hashes; npm run new makes one" }];
  }
  return [];
}
