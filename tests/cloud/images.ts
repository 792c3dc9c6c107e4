import { type DebianName, debians, defaultDebian } from "../../infra/config/catalog/debian";
import { databasePackages, webImagePackages } from "../../infra/host/packages";
import type { Recipe } from "../../providers/nspawn/image";

/** A cloud's Debian with what our bundles install already in it, so that a first bundle is quick. An image of a customer's own is taken for one of the default. */
export function hostImage(name: string): Recipe {
  const debian = (Object.keys(debians) as DebianName[]).find((one) => name.startsWith(one)) ?? defaultDebian;
  return { suite: debians[debian].suite, packages: webImagePackages("postgres", debian) };
}

/** What servers of managed databases run on: Debian 12 has the versions that the clouds' defaults are, or those that stand for them. */
export const databaseImage = (engine: "postgres" | "mysql"): Recipe => ({ suite: debians["debian-12"].suite, packages: databasePackages(engine, "debian-12") });
