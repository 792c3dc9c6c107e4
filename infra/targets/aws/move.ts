import { createHash } from "node:crypto";
import type { Problem } from "../../config/problems";
import { physicalName } from "../../plan/names";
import type { DatabaseSpec } from "../../config/spec";
import type { FormerDatabase } from "../formerOutputs";

type Restore = Extract<DatabaseSpec, { kind: "managed" }>["restore"];

/** A database's name in RDS. A copy has another one than what it was copied from, so that both are there until the site has moved. */
export function databaseName(project: string, stack: string, restore: Restore): string {
  return physicalName("database", project, stack, "database", ...(restore === null ? [] : [shortHash(`${restore.from} ${restore.at}`)]));
}

/**
 * Name of the resource, which a copy has for itself: RDS and Pulumi both refuse to delete a protected database in the run that replaces it.
 */
export function resourceName(project: string, stack: string, identifier: string): string {
  return identifier === databaseName(project, stack, null) ? "database" : `database-${shortHash(identifier)}`;
}

/**
 * Of a database that the site has left: to which one. People see it, and so does the rule of policy/ that wants every other one protected.
 */
export const replacedByTag = "replaced-by";

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 6);

/**
 * Databases that the site moves away from in this run: it takes their protection from them, so that the run after it, which does not name
 * them any more, can delete them. The one that a copy is made from stays for that time, too.
 */
export function leavingOf(wanted: string, restore: Restore, former: FormerDatabase | undefined): readonly string[] {
  if (former === undefined || former.instance === "" || former.instance === wanted) return [];
  return [former.instance, ...former.leaving.filter((identifier) => identifier === restore?.from)].filter(
    (identifier) => identifier !== wanted,
  );
}

/** RDS keeps no more. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html */
const longestDays = 35;
const day = 24 * 3600 * 1000;

/** What is wrong with a description by which the site would get another database than the one it has. `now` in milliseconds. */
export function problemsOfMove(wanted: string, restore: Restore, former: FormerDatabase | undefined, now: number): readonly Problem[] {
  const at = "database.restore";
  if (former !== undefined && [former.instance, ...former.leaving].includes(wanted)) return [];
  if (former?.instance === "") {
    return restore === null
      ? []
      : [
          {
            at,
            must: "must be left out of the first up of this version, which writes down which database the site has",
            got: restore.from,
            hint: "then name it again",
          },
        ];
  }
  if (restore === null) {
    const hint = `write restore back as it was, or {from: ${former?.instance ?? ""}, at: a moment} for another copy`;
    return former === undefined
      ? []
      : [{ at, must: `must stay while the stack has the copy ${former.instance}: without it the site would get an empty database`, hint }];
  }
  const moment = Date.parse(restore.at);
  if (moment > now) return [{ at: `${at}.at`, must: "must be a moment that is over, by about five minutes", got: restore.at }];
  if (moment < now - longestDays * day)
    return [
      {
        at: `${at}.at`,
        must: `must be of the last ${longestDays} days, for which RDS keeps moments at most`,
        got: restore.at,
        hint: "name a snapshot, without at",
      },
    ];
  return [];
}
