/** Versions of the clouds' databases whose support is over, by the catalogs' last days. */

/** A day in UTC as the catalogs have it, "2026-07-31". */
export const today = (): string => new Date().toISOString().slice(0, 10);

/** By version: its last day; null where nobody tells one. */
export type LastDays = Readonly<Record<string, string | null>>;

export const endedVersions = (offered: LastDays, day: string): readonly (readonly [version: string, until: string])[] =>
  Object.entries(offered).flatMap(([version, until]) => (until !== null && until < day ? [[version, until] as const] : []));

/** `"15" or "16"`: those that are not. */
export const livingVersions = (offered: LastDays, day: string): string =>
  Object.entries(offered)
    .flatMap(([version, until]) => (until !== null && until < day ? [] : [`"${version}"`]))
    .join(" or ");
