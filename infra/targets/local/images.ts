import type { Recipe } from "../../../providers/nspawn/image";
import { type DebianName, debians } from "../../config/catalog/debian";
import type { ManagedDatabase } from "../../config/spec";
import { backupImagePackages, databaseImagePackages, webImagePackages } from "../../host/images";

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
