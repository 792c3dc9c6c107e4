import { catalog } from "../../config/catalog";
import type { TargetName } from "../../config/spec";
import type { StackPlan } from "../plan";
import { linesOf, round, type CostLine } from "./lines";
import { needOf, type Need } from "./need";

export interface Bill {
  readonly target: TargetName;
  readonly region: string;
  readonly lines: readonly CostLine[];
  /** Sum of all lines; null as soon as one of them has no price. */
  readonly total: number | null;
  /** Sum of the lines that have one. */
  readonly known: number;
  readonly notCounted: readonly string[];
}

const notCounted: Readonly<Record<TargetName, readonly string[]>> = {
  digitalocean: [
    "traffic beyond what each droplet brings (0.01 a GiB)",
    "snapshots, which grow with the disk (0.06 a GiB)",
    "the bucket that keeps the dumps (Spaces, 5.00 a month for the whole account)",
    "database disk beyond what its size brings",
    "taxes",
  ],
  aws: [
    "traffic to the Internet (0.09 a GB)",
    "requests, and the balancer's capacity units (0.008 an hour each)",
    "copies of the database beyond its disk's size (0.095 a GiB): RDS's own, 7 daily and 12 monthly ones of AWS Backup",
    "the weekly rehearsal of a restore: a fee of AWS Backup, and another database for some hours",
    "images of the machine and dumps, which grow",
    "CPU credits beyond what a burstable size earns in a day (0.05 for a core's hour, 0.04 on arm64)",
    "data through a NAT gateway (0.045 a GB)",
    "more measures than the ten that an account has free, logs and taxes",
  ],
  local: ["your own box and its electricity"],
};

/** What the stack costs a month where it runs. */
export function billOf({ spec, hosts }: Pick<StackPlan, "spec" | "hosts">): Bill {
  return bill(needOf(spec, hosts), spec.target, spec.host.region);
}

/**
 * The same stack on the other clouds and regions whose prices are known in part or whole: with the cheapest size there that has at
 * least as many cores and as much memory.
 */
export function billsElsewhere({ spec, hosts }: Pick<StackPlan, "spec" | "hosts">): readonly Bill[] {
  const need = needOf(spec, hosts);
  const anySize: Need = {
    ...need,
    hosts: need.hosts.map((host) => ({ ...host, size: "" })),
    database: need.database === null ? null : { ...need.database, size: "" },
  };
  return places
    .filter(({ target, region }) => target !== spec.target || (target !== "digitalocean" && region !== spec.host.region))
    .map(({ target, region }) => bill(target === spec.target ? need : anySize, target, region));
}

/** Where prices are known. DigitalOcean asks the same everywhere, so it is one place. */
const places: readonly { readonly target: TargetName; readonly region: string }[] = [
  { target: "digitalocean", region: "every region" },
  ...catalog.aws.pricedRegions.map((region) => ({ target: catalog.aws.target, region })),
];

function bill(need: Need, target: TargetName, region: string): Bill {
  const lines = linesOf[target](need, region);
  const known = round(lines.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0));
  return {
    target,
    region,
    lines,
    total: lines.every(({ monthly }) => monthly !== null) ? known : null,
    known,
    notCounted: notCounted[target],
  };
}
