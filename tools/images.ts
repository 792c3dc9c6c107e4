import { existsSync } from "node:fs";
import { type DebianName, debianTitle, defaultDebian } from "../infra/config/catalog/debian";
import { backupImage, databaseImage, webImage } from "../infra/targets/local/images";
import { buildImage, imagePath, type Recipe } from "../providers/nspawn/image";
import type { Step } from "./setup/step";

function imagesOf(name: string, recipes: Readonly<Record<string, Recipe>>): Step {
  return {
    name,
    missing: () => {
      const lacking = Object.entries(recipes).flatMap(([role, recipe]) => (existsSync(imagePath(recipe)) ? [] : [role]));
      return lacking.length === 0 ? null : `${lacking.join(" and ")}: about half a minute each, once`;
    },
    make: async (say) => {
      for (const [role, recipe] of Object.entries(recipes)) {
        await buildImage(recipe, (line) => say(`${role}: ${line}`));
      }
    },
  };
}

const title = (what: string, debian: DebianName): string => `${what} of ${debianTitle(debian)}`;

/** The images that local machines start from, so that the first `up` finds them made. */
export const images = (debian: DebianName = defaultDebian): Step =>
  imagesOf(title("base images", debian), {
    web: webImage(debian, "postgres"),
    database: databaseImage(debian, "postgres"),
    backup: backupImage(debian),
  });

/** Those of stacks with MySQL. */
export const mysqlImages = (debian: DebianName = defaultDebian): Step =>
  imagesOf(title("base images for MySQL", debian), {
    "web-mysql": webImage(debian, "mysql"),
    "database-mysql": databaseImage(debian, "mysql"),
  });
