import { leaf, type Type } from "./type";

/** Characters that mean something to a shell and nothing to us; a program started without a shell would get them as they are. */
const shellOnly = /[;|&<>()`$*?\n]/;

/** What `splitWords` could not do. */
export type NoWords = { readonly refused: "operator"; readonly character: string } | { readonly refused: "quote" | "empty" };

/**
 * Words of a command line by the quoting rules of POSIX (section 2.2): blanks separate, single quotes keep everything,
 * double quotes and backslashes keep the next character. Nothing is expanded and no shell is started.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function splitWords(line: string): readonly string[] | NoWords {
  const words: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (c === " " || c === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) return { refused: "quote" };
      word = (word ?? "") + line.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      word ??= "";
      for (i++; line.charAt(i) !== '"'; i++) {
        if (i >= line.length) return { refused: "quote" };
        const inside = line.charAt(i);
        if (inside === "$" || inside === "`") return { refused: "operator", character: inside };
        if (inside === "\\" && /["\\$`]/.test(line.charAt(i + 1))) i++;
        word += line.charAt(i);
      }
    } else if (c === "\\") {
      if (i + 1 >= line.length) return { refused: "quote" };
      word = (word ?? "") + line.charAt(++i);
    } else if (shellOnly.test(c)) {
      return { refused: "operator", character: c };
    } else {
      word = (word ?? "") + c;
    }
  }
  if (word !== undefined) words.push(word);
  return words.length === 0 || words[0] === "" ? { refused: "empty" } : words;
}

/** Words go into unit files, one line each. */
const oneLine = (word: unknown): word is string => typeof word === "string" && !/[\0\n\r]/.test(word);

function words(value: unknown): readonly string[] | undefined {
  if (typeof value === "string" && oneLine(value)) {
    const split = splitWords(value);
    return "refused" in split ? undefined : split;
  }
  return Array.isArray(value) && value.length > 0 && value[0] !== "" && value.every(oneLine) ? value : undefined;
}

function hint(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const split = splitWords(value);
  if (!("refused" in split)) return undefined;
  switch (split.refused) {
    case "operator":
      return (
        `no shell runs it, so put ${JSON.stringify(split.character)} into a script of the app, or in single quotes where it is meant ` +
        "as it is"
      );
    case "quote":
      return "close the quote";
    case "empty":
      return undefined;
  }
}

/** `python manage.py migrate`, or the same as a list of words. */
export const command: Type<readonly string[]> = leaf({
  says: "a command as one line or as a list of words",
  schema: {
    anyOf: [
      { type: "string", minLength: 1 },
      { type: "array", items: { type: "string" }, minItems: 1 },
    ],
  },
  accept: words,
  hint,
});
