import type { StackOutputs } from "../stack";

/** Why there is nothing to move or to let go, in a line; null where there is. */
export function nothingToDo(stack: string, database: StackOutputs["database"], wanted: string | null, drops: boolean): string | null {
  if (database === null || wanted === null) return `stack ${stack} has no database of its own to move`;
  if (drops) return (database.leaving ?? []).length === 0 ? `stack ${stack} keeps no machine that its data have left` : null;
  if (database.version === undefined)
    return (
      `the last up of ${stack} was of a version that did not tell which database it made: npm run up -- ${stack} with the ` +
      "database.version that it has, then this again"
    );
  return database.version === wanted
    ? `the database of ${stack} is ${database.engine} ${wanted} already; write the version that it shall have into ` +
        `Pulumi.${stack}.yaml, as database.version`
    : null;
}
