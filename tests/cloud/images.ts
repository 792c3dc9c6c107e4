import type { Recipe } from "../../providers/nspawn/image";
import { backupPackages, rolePackages } from "../../infra/host/packages";

/**
 * A cloud's Debian 12 with what our bundles install already in it, as the local target's hosts have it: a first bundle is quick, and the
 * image is built once for both.
 */
export const hostImage: Recipe = { suite: "bookworm", packages: [...rolePackages.web, ...backupPackages] };
