import { chmodSync, chownSync, existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, parseDocument, stringify, type Pair, type YAMLMap } from "yaml";

type Values = Readonly<Record<string, unknown>>;

/** What takes the place of a part of a text. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Text of a file; null where there is none. */
export const textIfThere = (file: string): string | null => (existsSync(file) ? readFileSync(file, "utf8") : null);

/**
 * Runs what has the engine write a stack's file, and gives that back all that the engine did not mean to change: it writes the whole file
 * anew, without blank lines and as it would indent it.
 */
export async function keepingText<Result>(file: string, write: () => Promise<Result>): Promise<Result> {
  const before = textIfThere(file);
  try {
    return await write();
  } finally {
    const after = before === null ? null : textIfThere(file);
    // An engine that is ended as it begins to write leaves nothing of the file.
    if (before !== null && after !== null && before !== after) replace(file, after.trim() === "" ? before : keptText(before, after));
  }
}

/**
 * `before` with the keys that are other in `after`; where the one does not come to the same as the other, `after`. Both are texts of a
 * stack's file.
 */
export function keptText(before: string, after: string): string {
  const [old, now] = [parseDocument(before), parseDocument(after)];
  if (!isMap(old.contents) || old.errors.length + now.errors.length > 0) return after;
  const values = now.toJS() as Values;
  const config = old.get("config");
  const edits = [
    ...editsOf(before, old.contents, values, ["config"]),
    ...(isMap(config) ? editsOf(before, config, (values["config"] ?? {}) as Values, []) : []),
  ].sort((one, other) => other.from - one.from);
  const text = edits.reduce((whole, edit) => whole.slice(0, edit.from) + edit.text + whole.slice(edit.to), before);
  const kept = parseDocument(text);
  return kept.errors.length === 0 && isDeepStrictEqual(kept.toJS(), values) ? text : after;
}

/** What makes a mapping the same as `now`, but for some of its keys: a new key comes last. */
function editsOf(text: string, map: YAMLMap, now: Values, untouched: readonly string[]): readonly Edit[] {
  const old = map.toJSON() as Values;
  const places = map.items.map((pair) => placeOf(text, pair));
  const { indent = "  ", to: end = text.length } = places.at(-1) ?? {};
  const lines = (key: string, margin: string) =>
    stringify({ [key]: now[key] }, { lineWidth: 0 })
      .trimEnd()
      .split("\n")
      .map((line) => `${margin}${line}\n`)
      .join("");
  const changed = places.flatMap((place): readonly Edit[] => {
    if (untouched.includes(place.key) || isDeepStrictEqual(old[place.key], now[place.key])) return [];
    return [{ from: place.from, to: place.to, text: Object.hasOwn(now, place.key) ? lines(place.key, place.indent) : "" }];
  });
  const added = Object.keys(now)
    .filter((key) => !Object.hasOwn(old, key) && !untouched.includes(key))
    .map((key) => lines(key, indent));
  const open = end > 0 && text[end - 1] !== "\n" ? "\n" : "";
  return [...changed, ...(added.length === 0 ? [] : [{ from: end, to: end, text: open + added.join("") }])];
}

/** Where the lines of a key and its value are. */
function placeOf(text: string, { key, value }: Pair) {
  const [start = 0, keyEnd = 0] = isScalar(key) ? (key.range ?? []) : [];
  const valueEnd = (value as { range?: readonly number[] | null } | null)?.range?.[1] ?? keyEnd;
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const last = text.slice(0, valueEnd).trimEnd().length;
  const lineEnd = text.indexOf("\n", last);
  return {
    key: isScalar(key) ? String(key.value) : "",
    indent: text.slice(from, start),
    from,
    to: lineEnd === -1 ? text.length : lineEnd + 1,
  };
}

/**
 * In one step: the stack's secrets are in no other file. Where that may not be, as in a file of somebody else's, the engine's own text
 * stays, unless it is none.
 */
export function replace(path: string, text: string): void {
  const file = realpathSync(path);
  const { mode, uid, gid } = statSync(file);
  const unfinished = `${file}.unfinished`;
  try {
    writeFileSync(unfinished, text, { mode: 0o600 });
    chownSync(unfinished, uid, gid);
    chmodSync(unfinished, mode);
    renameSync(unfinished, file);
  } catch {
    if (statSync(unfinished, { throwIfNoEntry: false })?.isFile() === true) rmSync(unfinished);
    if (readFileSync(file, "utf8").trim() === "") writeFileSync(file, text);
  }
}
