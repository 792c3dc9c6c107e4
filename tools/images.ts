import { existsSync } from "node:fs";
import { imageRecipes } from "../infra/targets/local/machine";
import { buildImage, imagePath } from "../providers/nspawn/image";
import type { Step } from "./setup/step";

/** The images that local machines start from, so that the first `up` finds them made. */
export const images: Step = {
  name: "base images",
  missing: () => {
    const lacking = Object.entries(imageRecipes).flatMap(([role, recipe]) => (existsSync(imagePath(recipe)) ? [] : [role]));
    return lacking.length === 0 ? null : `${lacking.join(" and ")}: about half a minute each, once`;
  },
  make: async (say) => {
    for (const [role, recipe] of Object.entries(imageRecipes)) {
      await buildImage(recipe, (line) => say(`${role}: ${line}`));
    }
  },
};
