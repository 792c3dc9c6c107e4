import { existsSync } from "node:fs";
import { type DebianName, debianTitle } from "../infra/config/catalog/debian";
import type { StackPlan } from "../infra/plan/plan";
import { backupImage, databaseImage, imageOf, webImage } from "../infra/targets/local/machine";
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

/** The images that the machines of a stack of this box start from, so that its first `up` finds them made. */
export const stackImages = (plan: StackPlan): Step =>
  imagesOf(
    "base images",
    Object.fromEntries(plan.hosts.map((host) => [`${host.role} of ${debianTitle(host.debian)}`, imageOf(plan, host)])),
  );

const title = (what: string, debian: DebianName): string => `${what} of ${debianTitle(debian)}`;

/** Those of any stack with PostgreSQL. */
export const images = (debian: DebianName): Step =>
  imagesOf(title("base images", debian), {
    web: webImage(debian, "postgres"),
    database: databaseImage(debian, "postgres"),
    backup: backupImage(debian),
  });

/** Those of stacks with MySQL. */
export const mysqlImages = (debian: DebianName): Step =>
  imagesOf(title("base images for MySQL", debian), {
    "web-mysql": webImage(debian, "mysql"),
    "database-mysql": databaseImage(debian, "mysql"),
  });
