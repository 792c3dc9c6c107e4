import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, findProgram, project } from "./setup/folders";
import { goBuild } from "./setup/go";
import type { Step } from "./setup/step";

/** tools/k6/go.mod names the same. */
const version = "v1.8.1";

const built = (): string => join(cacheFolder(), "k6", version, "k6");

/** The load generator's program. @throws when set-up has not built it. */
export function findK6(): string {
  const found = findProgram("k6") ?? (existsSync(built()) ? built() : null);
  if (found === null) throw new Error("k6 is missing; npm test and npm run bench build it");
  return found;
}

/** Built from its Go module, for tests and benches under load. */
export const k6: Step = {
  name: "k6",
  missing: () => (findProgram("k6") !== null || existsSync(built()) ? null : "the load generator is not built"),
  make: () => goBuild({ folder: join(project, "tools", "k6"), package: "go.k6.io/k6", output: built() }),
};
