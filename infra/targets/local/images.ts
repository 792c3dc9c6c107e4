import type { Recipe } from "../../../providers/nspawn/image";
import { type DebianName, debians } from "../../config/catalog/debian";
import type { ManagedDatabase } from "../../config/spec";
import { backupImagePackages, databaseImagePackages, webImagePackages } from "../../host/images";
import type { HostPlan, StackPlan } from "../../plan/plan";

type Engine = ManagedDatabase["engine"];

/** What a machine that serves starts from: any stack's packages but those of its own. */
export const webImage = (debian: DebianName, engine: Engine): Recipe => ({
  suite: debians[debian].suite,
  packages: webImagePackages(engine, debian),
});

/** What a machine that is a database starts from. */
export const databaseImage = (debian: DebianName, engine: Engine): Recipe => ({
  suite: debians[debian].suite,
  packages: databaseImagePackages(engine, debian),
});

/** What a machine that keeps backups starts from. */
export const backupImage = (debian: DebianName): Recipe => ({ suite: debians[debian].suite, packages: backupImagePackages });

/** What a machine of a stack starts from; the client of no database is PostgreSQL's. */
export function imageOf({ database }: Pick<StackPlan, "database">, { role, debian }: Pick<HostPlan, "role" | "debian">): Recipe {
  const engine = database.kind === "none" ? "postgres" : database.engine;
  switch (role) {
    case "web":
      return webImage(debian, engine);
    case "database":
      return databaseImage(debian, engine);
    case "backup":
      return backupImage(debian);
  }
}
