import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, project } from "./setup/folders";
import { goBuild } from "./setup/go";
import type { Step } from "./setup/step";

/** tools/pebble/go.mod names the same. */
const version = "v2.10.1";

/** An ACME server for tests, and a DNS server that leads every name to one address. https://github.com/letsencrypt/pebble */
const programs = ["pebble", "pebble-challtestsrv"] as const;

const built = (program: string): string => join(cacheFolder(), "pebble", version, program);

/** Path of one of the programs. @throws when set-up has not built it. */
export function findPebble(program: (typeof programs)[number]): string {
  if (!existsSync(built(program))) throw new Error(`${program} is missing; npm test builds it`);
  return built(program);
}

/** Built from their Go module, for tests of certificates. */
export const pebble: Step = {
  name: "Pebble",
  missing: () => (programs.every((program) => existsSync(built(program))) ? null : "the ACME server for tests is not built"),
  async make() {
    for (const program of programs) {
      await goBuild({
        folder: join(project, "tools", "pebble"),
        package: `github.com/letsencrypt/pebble/v2/cmd/${program}`,
        output: built(program),
      });
    }
  },
};
