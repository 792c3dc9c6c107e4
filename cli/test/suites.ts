import { readdirSync } from "node:fs";
import { join } from "node:path";
import { costs } from "../../tests/costs";
import levels from "../../tests/levels.json";
import { nightSuites } from "../../tests/machines/rows";
import { project } from "../../tools/setup/folders";
import { checks } from "./checks";
import { exampleSuites } from "./examples";
import { jestSuite } from "./jest";
import type { Suite } from "./suite";

const minutes = (suite: string): number => costs[suite]?.minutes ?? 1;

/**
 * Everything that `npm test` runs. Of the tests on machines each file is a suite of its own; of every other level of jest all files are
 * one.
 */
export function allSuites(): Suite[] {
  const { machines, ...others } = levels;
  return [
    ...checks(minutes),
    ...exampleSuites(minutes),
    ...Object.entries(others).map(([level, folders]) =>
      jestSuite(level, { name: level, place: "processor", minutes: minutes(level) }, testFiles(folders)),
    ),
    ...testFiles(machines).map((file) => {
      const name = suiteOf(file);
      const { boots = 1, beside, stack } = costs[name] ?? {};
      const about = {
        name,
        minutes: minutes(name),
        night: name.replace("machines/", "") in nightSuites,
        ...(beside === undefined ? {} : { beside }),
        ...(stack === undefined ? {} : { stack }),
      };
      return jestSuite("machines", { ...about, place: boots === 0 ? "processor" : "machines" }, [file]);
    }),
  ];
}

/** "tests/machines/site.test.ts" is the suite "machines/site". */
function suiteOf(file: string): string {
  return file.replace(/^tests\/(.*)\.test\.ts$/, "$1");
}

function testFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const names = readdirSync(join(project, "tests", folder), { recursive: true, encoding: "utf8" });
    return names.filter((name) => name.endsWith(".test.ts")).map((name) => join("tests", folder, name));
  });
}
