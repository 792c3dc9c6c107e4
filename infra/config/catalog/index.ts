import * as amazon from "./aws";
import * as ocean from "./digitalocean";

/** Sizes, engines and prices of the clouds; each file is one dated table. */
export const catalog = { digitalocean: ocean, aws: amazon } as const;
