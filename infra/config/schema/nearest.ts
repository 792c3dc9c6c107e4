import { closest, distance } from "fastest-levenshtein";

/** The one of those known that a mistyped word most likely means; undefined where more than `most` letters differ. */
export function nearest(word: string, known: readonly string[], most = 2): string | undefined {
  const near = known.length === 0 ? undefined : closest(word, known);
  return near !== undefined && distance(word, near) <= most ? near : undefined;
}
