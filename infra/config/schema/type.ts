import type { Problem } from "../problems";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a key's value may be: how to say it, how an editor checks it, and how it is read. */
export interface Type<T> {
  /** Completes "must be": `a whole number from 1 to 64`. */
  readonly says: string;
  readonly schema: JsonSchema;
  /** The keys below this value, for the reference. */
  rows?(at: string): readonly KeyRow[];
  /** The value, or undefined after at least one problem has been added to `problems`. */
  read(value: unknown, at: string, problems: Problem[]): T | undefined;
}

/** One line of the reference. */
export interface KeyRow {
  readonly at: string;
  readonly type: string;
  /** Markdown: a literal default, words for a worked-out one, or that there is none. */
  readonly default: string;
  readonly says: string;
  readonly example: unknown;
}

/** `services` and `web` make `services.web`; a segment that is no plain word is quoted, so that a path is always one line. */
export function join(at: string, segment: string | number): string {
  const text = String(segment);
  const plain = /^[\w/-]+$/.test(text) ? text : JSON.stringify(text);
  return at === "" ? plain : `${at}.${plain}`;
}

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Leaf<T> {
  readonly says: string;
  readonly schema: JsonSchema;
  /** The value in its final form, or undefined where it is refused. */
  accept(value: unknown): T | undefined;
  /** What helps against a refused value, where more can be said than the key's example says. */
  hint?(value: unknown): string | undefined;
  /** The value may be a secret put in the wrong place, so no message shows it. */
  readonly unseen?: boolean;
}

/** A value without keys below it. */
export function leaf<T>({ says, schema, accept, hint: hintFor, unseen = false }: Leaf<T>): Type<T> {
  return {
    says,
    schema,
    read(value, at, problems) {
      const accepted = accept(value);
      if (accepted !== undefined) return accepted;
      const hint = hintFor?.(value);
      problems.push({
        at,
        must: `must be ${says}`,
        ...(unseen ? {} : { got: value }),
        ...(hint === undefined ? {} : { hint }),
      });
      return undefined;
    },
  };
}

/** Text of one form. `pattern` must be anchored. */
export function text(says: string, pattern: RegExp, hint?: (value: unknown) => string | undefined): Type<string> {
  return leaf({
    says,
    schema: { type: "string", pattern: pattern.source },
    accept: (value) => (typeof value === "string" && pattern.test(value) ? value : undefined),
    ...(hint === undefined ? {} : { hint }),
  });
}

export function wholeNumber(min: number, max: number): Type<number> {
  return leaf({
    says: `a whole number from ${min} to ${max}`,
    schema: { type: "integer", minimum: min, maximum: max },
    accept: (value) => (Number.isInteger(value) && (value as number) >= min && (value as number) <= max ? (value as number) : undefined),
  });
}

export function oneOf<const T extends string>(...choices: readonly T[]): Type<T> {
  return leaf({
    says: `${choices.slice(0, -1).join(", ")} or ${choices.at(-1) ?? ""}`,
    schema: { enum: choices },
    accept: (value) => choices.find((choice) => choice === value),
  });
}

export const flag: Type<boolean> = leaf({
  says: "true or false",
  schema: { type: "boolean" },
  accept: (value) => (typeof value === "boolean" ? value : undefined),
});

/** A list without repetitions. */
export function listOf<T>(item: Type<T>, what: string): Type<readonly T[]> {
  return {
    says: `a list of ${what}`,
    schema: { type: "array", items: item.schema, uniqueItems: true },
    rows: (at) => item.rows?.(`${at}.N`) ?? [],
    read(value, at, problems) {
      if (!Array.isArray(value)) {
        problems.push({ at, must: `must be a list of ${what}`, got: value });
        return undefined;
      }
      const seen = new Map<string, number>();
      return value.flatMap((entry: unknown, index) => {
        const here = join(at, index);
        const read = item.read(entry, here, problems);
        if (read === undefined) return [];
        const first = seen.get(JSON.stringify(read));
        if (first !== undefined) problems.push({ at: here, must: `must not repeat ${join(at, first)}`, got: entry });
        seen.set(JSON.stringify(read), index);
        return [read];
      });
    },
  };
}

/** Named entries, in the order of the file. */
export function mapOf<T>(name: Type<string>, entry: Type<T>, what: string, placeholder: string): Type<readonly (readonly [string, T])[]> {
  return {
    says: `a mapping from ${what}`,
    schema: { type: "object", propertyNames: name.schema, additionalProperties: entry.schema },
    rows: (at) => entry.rows?.(`${at}.${placeholder}`) ?? [],
    read(value, at, problems) {
      if (!isMapping(value)) {
        problems.push({ at, must: `must be a mapping from ${what}`, got: value });
        return undefined;
      }
      return Object.entries(value).flatMap(([key, raw]) => {
        const here = join(at, key);
        const named = name.read(key, here, problems);
        const read = entry.read(raw, here, problems);
        return named === undefined || read === undefined ? [] : [[named, read] as const];
      });
    },
  };
}
