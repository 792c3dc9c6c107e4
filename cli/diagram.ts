/**
 * npm run diagram [-- STACK [--out FILE]]: draws the stack as SVG, on standard output unless told otherwise. With --docs it writes those of
 * the project's own stacks, which tests/cli/diagram.test.ts compares.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { planStack } from "../infra/plan";
import { project } from "../tools/setup/folders";
import { readDescription } from "./description";
import { sceneOf } from "./diagram/scene";
import { svg } from "./diagram/svg";
import { emit } from "./out";
import { main } from "./terminal";
import { whichStack } from "./whichStack";

const documented = ["local", "prod", "bitcoin"] as const;

/** Text of each picture of the documentation, by its path below the project. */
export const pictures = (): ReadonlyMap<string, string> => new Map(documented.map((stack) => [`docs/diagrams/${stack}.svg`, draw(stack)]));

/** @throws ConfigError with the problems of the stack's file; a secret that is missing is none here */
function draw(stack: string): string {
  return svg(sceneOf(planStack(readDescription(project, stack))));
}

if (require.main === module) {
  main(async () => {
    const { stack, rest } = await whichStack();
    if (rest.join(" ") === "--docs") for (const [path, text] of pictures()) writeFileSync(join(project, path), text);
    else emit(rest, "npm run diagram -- STACK [--out FILE], or --docs")(draw(stack));
    return 0;
  });
}
