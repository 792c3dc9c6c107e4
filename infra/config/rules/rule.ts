import type { Problem } from "../problems";
import type { StackSpec } from "../spec";

/** What must hold between keys. It sees only the sections it reads, and is asked only when each of them is sound by itself. */
export interface Rule {
  readonly reads: readonly (keyof StackSpec)[];
  broken(spec: StackSpec): readonly Problem[];
}

export function rule<K extends keyof StackSpec>(reads: readonly K[], broken: (spec: Pick<StackSpec, K>) => readonly Problem[]): Rule {
  return { reads, broken };
}

/** Pairs of each entry that repeats the `key` of an earlier one, with that one. */
export function repeats<T>(entries: readonly T[], key: (entry: T) => unknown): readonly (readonly [later: T, first: T])[] {
  return entries.flatMap((entry, i) => {
    const first = entries.slice(0, i).find((earlier) => key(earlier) === key(entry));
    return first === undefined ? [] : [[entry, first] as const];
  });
}
