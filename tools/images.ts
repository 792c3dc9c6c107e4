import { existsSync } from "node:fs";
import { imageRecipes, mysqlImageRecipes } from "../infra/targets/local/machine";
import { buildImage, imagePath } from "../providers/nspawn/image";
import type { Step } from "./setup/step";

type Recipes = Readonly<Record<string, Parameters<typeof buildImage>[0]>>;

const imagesOf = (name: string, recipes: Recipes): Step => ({
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
});

/** The images that local machines start from, so that the first `up` finds them made. */
export const images = imagesOf("base images", imageRecipes);

/** Those of stacks with MySQL, which tests have. */
export const mysqlImages = imagesOf("base images for MySQL", mysqlImageRecipes);
