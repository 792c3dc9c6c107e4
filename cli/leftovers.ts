import { leftGiB } from "../infra/config/catalog/aws";
import type { StateResource } from "./protection";

/** Something that holds data of a stack: how people find it, and what is in it, until when, and for how much a month. */
export type Leftover = readonly [name: string, says: string];

export interface Leftovers {
  /** What is there when the stack is gone. */
  readonly stays: readonly Leftover[];
  /** What goes with the stack although it holds data beside the database itself. */
  readonly goes: readonly Leftover[];
}

type Values = Readonly<Record<string, unknown>>;
type Teller = (inputs: Values, outputs: Values) => Partial<Leftovers>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const usd = (amount: number): string => amount.toFixed(2);

/** By type; `retained` are those that the engine forgets instead of deleting them. */
const retained: Readonly<Record<string, Teller>> = {
  "aws:s3/bucket:Bucket": (_, { bucket }) => ({
    stays: [[`bucket ${text(bucket)}`, `the hosts' backups and the dumps; ${leftGiB.bucket} a GiB`]],
  }),
  // https://www.digitalocean.com/pricing/spaces-object-storage
  "digitalocean:index/spacesBucket:SpacesBucket": (_, { name }) => ({
    stays: [[`bucket ${text(name)}`, "the hosts' backups; 5.00 for all buckets of the account"]],
  }),
};

const deleted: Readonly<Record<string, Teller>> = {
  "aws:rds/instance:Instance": (
    {
      identifier,
      finalSnapshotIdentifier,
      skipFinalSnapshot,
      deleteAutomatedBackups,
      backupRetentionPeriod,
      allocatedStorage,
      maxAllocatedStorage,
    },
    { region },
  ) => {
    const most = usd(leftGiB.database * Number(maxAllocatedStorage ?? allocatedStorage ?? 0));
    const days = String(backupRetentionPeriod);
    const snapshot: Leftover = [
      `snapshot ${text(finalSnapshotIdentifier)}`,
      `the database as it is when it goes; ${leftGiB.database} a GiB, at most ${most}`,
    ];
    const automated: Leftover = [
      `automated backups of ${text(identifier)}`,
      `each moment of its last ${days} days; ${leftGiB.database} a GiB, gone by themselves after ${days} days`,
    ];
    // They are in no state any more, or never were.
    const older: Leftover = [
      "older copies of databases",
      `if a restore or an upgrade left any: aws rds describe-db-snapshots --snapshot-type manual --region ${text(region)} names ` +
        `them; ${leftGiB.database} a GiB`,
    ];
    return { stays: [...(skipFinalSnapshot === false ? [snapshot, older] : []), ...(deleteAutomatedBackups === false ? [automated] : [])] };
  },
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": ({ policyDetails }) => {
    const { targetTags } = policyDetails as { readonly targetTags?: Values };
    return {
      stays: [[`images of ${text(targetTags?.["Name"])}`, `of the machine, which nobody deletes any more; ${leftGiB.image} a GiB`]],
    };
  },
  "aws:backup/vault:Vault": ({ name }) => ({
    goes: [[`vault ${text(name)}`, "what AWS Backup kept of the database, each day of a week and each month of a year"]],
  }),
};

/** What of a stack's data `down` leaves, and what it takes, by the stack's state. */
export function leftovers(resources: readonly StateResource[]): Leftovers {
  const told = resources.map(
    ({ type = "", retainOnDelete = false, inputs = {}, outputs = {} }) =>
      (retainOnDelete ? retained : deleted)[type]?.(inputs, outputs) ?? {},
  );
  const once = (all: readonly Leftover[]) => [...new Map(all).entries()];
  return { stays: once(told.flatMap(({ stays = [] }) => stays)), goes: once(told.flatMap(({ goes = [] }) => goes)) };
}
