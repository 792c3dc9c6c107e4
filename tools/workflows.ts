import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, project } from "./setup/folders";
import { goBuild } from "./setup/go";
import type { Step } from "./setup/step";

/** act runs GitHub's workflows without GitHub, actionlint judges them; tools/workflows/go.mod names the same versions. */
const programs = {
  act: { version: "v0.2.89", package: "github.com/nektos/act" },
  actionlint: { version: "v1.7.12", package: "github.com/rhysd/actionlint/cmd/actionlint" },
} as const;

type Program = keyof typeof programs;

const built = (program: Program): string => join(cacheFolder(), program, programs[program].version, program);

/** Path of one of the programs. @throws when set-up has not built it. */
export function findWorkflowTool(program: Program): string {
  if (!existsSync(built(program))) throw new Error(`${program} is missing; npm test builds it`);
  return built(program);
}

/** Built from their Go modules, for tests of the workflows. */
export const workflows: Step = {
  name: "act and actionlint",
  missing: () =>
    (Object.keys(programs) as Program[]).every((program) => existsSync(built(program)))
      ? null
      : "what runs and judges workflows is not built",
  async make() {
    for (const program of Object.keys(programs) as Program[]) {
      await goBuild({ folder: join(project, "tools", "workflows"), package: programs[program].package, output: built(program) });
    }
  },
};
