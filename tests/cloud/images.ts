import { debianNames, defaultDebian } from "../../infra/config/catalog/debian";
import { databaseImage as serverImage, webImage } from "../../infra/targets/local/images";
import type { Recipe } from "../../providers/nspawn/image";

/**
 * A cloud's Debian with what our bundles install already in it, so that a first bundle is quick. An image of a customer's own is taken for
 * one of the default.
 */
export const hostImage = (name: string): Recipe => webImage(debianNames.find((one) => name.startsWith(one)) ?? defaultDebian, "postgres");

/** What servers of managed databases run on: Debian 12 has the versions that the clouds' defaults are, or those that stand for them. */
export const databaseImage = (engine: "postgres" | "mysql"): Recipe => serverImage("debian-12", engine);
