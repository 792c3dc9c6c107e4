import { gone } from "./gone";
import { nearest } from "./nearest";
import type { Problem } from "../problems";
import { isMapping, join, type JsonSchema, type KeyRow, type Type } from "./type";

/** One row of the key table. */
export interface Key<T> {
  readonly type: Type<T>;
  readonly says: string;
  /** As a user writes it; stands in for a faulty value so that the rest of the file is still checked. */
  readonly example: unknown;
  readonly absent:
    | { readonly kind: "refused" }
    | { readonly kind: "default"; readonly value: T }
    | { readonly kind: "computed"; readonly words: string }
    // A mapping that is left out is an empty one: its own keys then say what is missing.
    | { readonly kind: "section" };
}

type Described = { readonly says: string; readonly example: unknown };

export const required = <T>(type: Type<T>, of: Described): Key<T> => ({ type, ...of, absent: { kind: "refused" } });

export const optional = <T>(type: Type<T>, value: T, of: Described): Key<T> => ({ type, ...of, absent: { kind: "default", value } });

/** A default that depends on other keys: `words` say which, defaults.ts works it out. */
export const computed = <T>(type: Type<T>, words: string, of: Described): Key<T | undefined> => ({
  type,
  ...of,
  absent: { kind: "computed", words },
});

/** A mapping. */
export const group = <T>(type: Type<T>, of: Described): Key<T> => ({ type, ...of, absent: { kind: "section" } });

// The value type varies from key to key, and Key is invariant in it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Keys = Readonly<Record<string, Key<any>>>;
export type Values<K extends Keys> = { readonly [N in keyof K]: K[N] extends Key<infer T> ? T : never };

/** `; for example workers: 3`, as one line of YAML. */
function forExample(name: string, example: unknown): string {
  const plain = typeof example === "string" && /^[\w./@-][\w./:@ -]*$/.test(example);
  return `for example ${name}: ${plain ? example : JSON.stringify(example)}`;
}

/** `at` ends with the key's name. */
function readKey<T>(key: Key<T>, raw: unknown, at: string, problems: Problem[]): T {
  const name = at.split(".").at(-1) ?? at;
  const { absent } = key;
  // YAML gives null for a key whose value is commented out.
  const missing = raw === undefined || raw === null;
  if (missing && absent.kind === "default") return absent.value;
  if (missing && absent.kind === "computed") return undefined as T;
  const found: Problem[] = [];
  const read = missing && absent.kind === "refused" ? undefined : key.type.read(missing ? {} : raw, at, found);
  if (missing && absent.kind === "refused") found.push({ at, must: `must be set to ${key.type.says}` });
  problems.push(...found.map((p) => (p.at === at && p.hint === undefined ? { ...p, hint: forExample(name, key.example) } : p)));
  return (read ?? key.type.read(key.example, at, [])) as T;
}

/** Refuses what is not in the table, naming the nearest key that is. */
export function unknownKey(at: string, name: string, known: readonly string[]): Problem {
  const reason = Object.hasOwn(gone, at) ? gone[at] : undefined;
  if (reason !== undefined) return { at, must: `must be left out: ${reason}` };
  const near = nearest(name, known, Math.max(2, Math.floor(name.length / 3)));
  return { at, must: "is not a known key", hint: near !== undefined ? `did you mean ${near}?` : `known keys are ${known.join(", ")}` };
}

function sectionSchema(keys: Keys): JsonSchema {
  const names = Object.entries(keys).flatMap(([name, key]) => (key.absent.kind === "refused" ? [name] : []));
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, keySchema(key)])),
    ...(names.length === 0 ? {} : { required: names }),
  };
}

/** What an editor knows of one key. */
export function keySchema({ type, says, absent, example }: Key<unknown>): JsonSchema {
  const literal = absent.kind === "default" ? { default: absent.value } : {};
  return { description: says, ...type.schema, ...literal, examples: [example] };
}

/** Lines of the keys below this one; its own where it holds a value itself. */
export function keyRows({ type, says, absent, example }: Key<unknown>, at: string): readonly KeyRow[] {
  const below = type.rows?.(at) ?? [];
  if (absent.kind === "section" && below.length > 0) return below;
  return [{ at, type: type.says, default: defaultText(absent), says, example }, ...below];
}

function defaultText(absent: Key<unknown>["absent"]): string {
  switch (absent.kind) {
    case "refused":
      return "must be set";
    case "default":
      return `\`${JSON.stringify(absent.value)}\``;
    case "computed":
      return absent.words;
    case "section":
      return "`{}`";
  }
}

const rowsOf = (keys: Keys, at: string): readonly KeyRow[] =>
  Object.entries(keys).flatMap(([name, key]) => keyRows(key, at === "" ? name : `${at}.${name}`));

/** Values of `raw` by the table; `raw` may hold no other key. */
export function readKeys<K extends Keys>(keys: K, raw: Readonly<Record<string, unknown>>, at: string, problems: Problem[]): Values<K> {
  for (const name of Object.keys(raw)) {
    if (!Object.hasOwn(keys, name)) problems.push(unknownKey(join(at, name), name, Object.keys(keys)));
  }
  const own = (name: string) => (Object.hasOwn(raw, name) ? raw[name] : undefined);
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, readKey(key, own(name), join(at, name), problems)]),
  ) as Values<K>;
}

export function section<K extends Keys>(keys: K): Type<Values<K>> {
  return {
    says: "a mapping",
    schema: sectionSchema(keys),
    rows: (at) => rowsOf(keys, at),
    read(value, at, problems) {
      if (isMapping(value)) return readKeys(keys, value, at, problems);
      problems.push({ at, must: `must be a mapping with the keys ${Object.keys(keys).join(", ")}`, got: value });
      return undefined;
    },
  };
}

type Variants = Readonly<Record<string, Keys>>;
type Choice<V extends Variants> = { [N in keyof V]: { readonly kind: N } & Values<V[N]> }[keyof V];

/** A mapping whose `kind` decides which other keys it may hold. */
export function byKind<V extends Variants>(kind: Key<keyof V & string>, variants: V): Type<Choice<V>> {
  const every: Keys = Object.assign({ kind }, ...Object.values(variants));
  return {
    says: "a mapping with a kind",
    schema: {
      type: "object",
      properties: { kind: keySchema(kind as Key<unknown>) },
      ...(kind.absent.kind === "refused" ? { required: ["kind"] } : {}),
      allOf: Object.entries(variants).map(([name, keys]) => ({
        // `properties` is true of a missing key, so the variant without a kind written is the default one only.
        if: {
          properties: { kind: { const: name } },
          ...(kind.absent.kind === "default" && kind.absent.value === name ? {} : { required: ["kind"] }),
        },
        then: sectionSchema({ kind: { ...kind, absent: { kind: "section" } } as Key<unknown>, ...keys }),
      })),
    },
    rows: (at) => rowsOf(every, at).map((row) => ({ ...row, says: onlyFor(row.at.slice(at.length + 1), variants) + row.says })),
    read(value, at, problems) {
      if (!isMapping(value)) {
        problems.push({ at, must: `must be a mapping with the keys ${Object.keys(every).join(", ")}`, got: value });
        return undefined;
      }
      const before = problems.length;
      const chosen = readKey(kind, value["kind"], join(at, "kind"), problems);
      // Without a kind the other keys cannot be judged: every table might be the wrong one.
      if (problems.length > before) return undefined;
      const keys: Keys = variants[chosen] ?? {};
      const strange = Object.keys(value).filter((name) => name !== "kind" && !Object.hasOwn(keys, name));
      for (const name of strange) {
        problems.push(
          Object.hasOwn(every, name)
            ? { at: join(at, name), must: `must be left out where kind is ${chosen}`, got: value[name] }
            : unknownKey(join(at, name), name, ["kind", ...Object.keys(keys)]),
        );
      }
      const rest = Object.fromEntries(Object.entries(value).filter(([name]) => Object.hasOwn(keys, name)));
      return { kind: chosen, ...readKeys(keys, rest, at, problems) } as Choice<V>;
    },
  };
}

/** `wsgi, asgi: ` before the description of a key that not every kind has. */
function onlyFor(path: string, variants: Variants): string {
  const name = path.split(".")[0] ?? "";
  const having = Object.entries(variants).flatMap(([kind, keys]) => (Object.hasOwn(keys, name) ? [kind] : []));
  return name === "kind" || having.length === Object.keys(variants).length ? "" : `(${having.join(", ")}) `;
}
