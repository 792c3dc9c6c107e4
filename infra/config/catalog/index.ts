import * as amazon from "./aws";
import { monthlyPrice, pricedRegions } from "./awsPrices";
import * as ocean from "./digitalocean";

/** Sizes, engines and prices of the clouds; each file is one dated table. */
export const catalog = {
  digitalocean: ocean,
  aws: {
    ...amazon,
    target: "aws",
    pricedRegions: pricedRegions(Object.keys(amazon.instances)),
    monthlyPrice,
    rootDiskGiB: 20,
    /** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage */
    smallestDatabaseDiskGiB: 20,
  },
} as const;
