import * as amazon from "./aws";
import * as ocean from "./digitalocean";

const regions = ["us-east-1", "eu-central-1"] as const satisfies readonly amazon.Region[];

/** Sizes, engines and prices of the clouds; each file is one dated table. */
export const catalog = {
  digitalocean: ocean,
  aws: {
    ...amazon,
    target: "aws",
    pricedRegions: regions,
    isPriced: (region: string): region is amazon.Region => (regions as readonly string[]).includes(region),
    /** Of `extras`, but for the address, which costs the same everywhere. */
    extrasRegion: "us-east-1",
    rootDiskGiB: 20,
    /** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage */
    smallestDatabaseDiskGiB: 20,
  },
} as const;
