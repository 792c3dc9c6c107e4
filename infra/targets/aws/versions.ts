import { supportedUntil } from "../../config/catalog/aws";
import type { Problem } from "../../config/problems";
import type { DatabaseSpec } from "../../config/spec";
import { endedVersions, livingVersions } from "../ended";

type ManagedSpec = Extract<DatabaseSpec, { kind: "managed" }>;

/** A version that RDS makes no database of any more. */
export function endedVersion({ engine, version }: ManagedSpec, day: string): readonly Problem[] {
  const until = endedVersions(supportedUntil[engine], day).find(([name]) => name === version)?.[1];
  if (until === undefined) return [];
  return [
    {
      at: "database.version",
      must:
        `must be ${livingVersions(supportedUntil[engine], day)} for ${engine} on aws: RDS's support of ${version} ended on ${until}, ` +
        "and it makes no such database any more",
      got: version,
      hint: "RDS has upgraded a database that is there, or will: write what it has now, or the version to which this up is to upgrade it",
    },
  ];
}

/**
 * What becomes of a copy of an old database; null where there is nothing to say. Of a version that it does not support any more RDS
 * restores no snapshot before it is upgraded.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html
 */
export function restoreNotice({ engine, version, restore }: ManagedSpec, day: string): string | null {
  if (restore === null) return null;
  const old = endedVersions(supportedUntil[engine], day).map(([name, until]) => `${name}, whose support ended on ${until},`);
  if (old.length === 0) return null;
  const [which, snapshot] = restore.at === "" ? ["it", restore.from] : ["a snapshot of it, to be named without at,", "NAME"];
  return (
    `database.restore: a copy of ${engine} ${old.join(" or of ")} comes up in a higher version, which database.version must name. ` +
    `If ${restore.from} is that old, RDS may refuse the copy, since its parameters are of ${version}; upgrade ${which} first: ` +
    `aws rds modify-db-snapshot --db-snapshot-identifier ${snapshot} --engine-version ${version}.NUMBER`
  );
}
