import { supportedUntil } from "../../config/catalog/aws";
import type { Problem } from "../../config/problems";
import type { DatabaseSpec } from "../../config/spec";

type ManagedSpec = Extract<DatabaseSpec, { kind: "managed" }>;

/** A day in UTC as the catalog has it, "2026-07-31". */
export const today = (): string => new Date().toISOString().slice(0, 10);

const ended = (engine: ManagedSpec["engine"], day: string): readonly (readonly [version: string, until: string])[] => Object.entries(supportedUntil[engine]).filter(([, until]) => until < day);

/** A version that RDS makes no database of any more. */
export function endedVersion({ engine, version }: ManagedSpec, day: string): readonly Problem[] {
  const until = ended(engine, day).find(([name]) => name === version)?.[1];
  if (until === undefined) return [];
  const living = Object.entries(supportedUntil[engine]).flatMap(([name, last]) => (last < day ? [] : [`"${name}"`]));
  return [
    {
      at: "database.version", must: `must be ${living.join(" or ")} for ${engine} on aws: RDS's support of ${version} ended on ${until}, and it makes no such database any more`, got: version,
      hint: "a database that is there was upgraded by RDS, so write what it has now",
    },
  ];
}

/** What becomes of a copy of an old database; null where there is nothing to say. */
export function restoreNotice(database: DatabaseSpec, day: string): string | null {
  if (database.kind !== "managed" || database.restore === null) return null;
  const old = ended(database.engine, day).map(([version, until]) => `${version}, whose support ended on ${until},`);
  if (old.length === 0) return null;
  return `database.restore: a copy of ${database.engine} ${old.join(" or of ")} comes up in a higher version, which database.version must name`;
}
