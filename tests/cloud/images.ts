import type { Recipe } from "../../providers/nspawn/image";
import { acmeClient, backupPackages, rolePackages } from "../../infra/host/packages";

/** A cloud's Debian 12 with what our bundles install already in it, so that a first bundle is quick. */
export const hostImage: Recipe = { suite: "bookworm", packages: [...rolePackages.web, ...acmeClient, ...backupPackages("postgres")] };
