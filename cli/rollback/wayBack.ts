import type { StackSpec } from "../../infra/config/spec";

/** How far a release that fails is taken back. */
export interface WayBack {
  /** Options of `hostctl rollback`. */
  readonly options: readonly string[];
  /** What becomes of the database, for people, as the end of a sentence. */
  readonly says: string;
}

/** The database goes back with the code where restore points are kept; elsewhere it is said that it does not, and why. */
export function wayBack({ database, release, backup }: Pick<StackSpec, "database" | "release" | "backup">): WayBack {
  if (database.kind === "none" || release.steps.length === 0)
    return { options: [], says: "the code goes back; no step of a release touches a database" };
  if (release.schema === null) {
    return {
      options: [],
      says: "the code goes back and the database stays: without release.schema nobody knows whether the old code fits it",
    };
  }
  const lacks = !backup.enabled ? "backup.enabled" : !release.restorePoint ? "release.restorePoint" : null;
  if (lacks !== null) {
    return {
      options: [],
      says:
        `the code goes back, but not where the steps change the schema: without ${lacks} no restore point is kept, and the new ` +
        "release serves on",
    };
  }
  return {
    options: ["--restore"],
    says:
      "the code goes back, and where the steps change the schema the database with it, to the restore point from before them; what " +
      "was written since is kept beside it",
  };
}

/** Why a release that fails is left as it is, seen by the release that served before; null where that one can serve again. */
export function notTakenBack(before: string, release: string): string | null {
  if (before === "") return "no release served before";
  return before === release ? `release ${release} served before, too, so that its code is not what fails` : null;
}
