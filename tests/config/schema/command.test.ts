/** Limit: bash is the judge of words, not of what a program makes of them. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { splitWords } from "../../../infra/config/schema/command";

test.each([
  ["python manage.py migrate", ["python", "manage.py", "migrate"]],
  ["  a \t b  ", ["a", "b"]],
  ["echo 'a b' \"c d\" e\\ f", ["echo", "a b", "c d", "e f"]],
  ["echo a'b'\"c\"d", ["echo", "abcd"]],
  ["echo '' \"\"", ["echo", "", ""]],
  ["echo 'a | b; $(c) *'", ["echo", "a | b; $(c) *"]],
  ['echo "a \\" \\\\ \\$ \\n"', ["echo", 'a " \\ $ \\n']],
  ["echo \\; \\$HOME", ["echo", ";", "$HOME"]],
  ["a --x=1 -- %h {{b}}", ["a", "--x=1", "--", "%h", "{{b}}"]],
])("splits %j", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test.each([..."; | & < > ( ) ` $ * ?".split(" "), "\n"])(
  "refuses %j outside of quotes, which only a shell would understand",
  (character) => {
    expect(splitWords(`echo ${character}`)).toEqual({ refused: "operator", character });
  },
);

test.each(["$", "`"])("refuses %s inside double quotes, where a shell would expand it", (character) => {
  expect(splitWords(`echo "${character}(id)"`)).toEqual({ refused: "operator", character });
});

test.each([
  ["'a", "quote"],
  ['"a', "quote"],
  ["a\\", "quote"],
  ["", "empty"],
  ["  ", "empty"],
  ["'' a", "empty"],
])("refuses %j", (line, refused) => {
  expect(splitWords(line)).toEqual({ refused });
});

test("splits as bash does", () => {
  const piece = fc.constantFrom(" ", "a", "b1", "-", "=", "'", '"', "\\", "\t", "%", "/", "$", ".");
  // A word that begins with a tilde, a brace or a number sign means more to bash; none is among the pieces.
  const line = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(""));
  const lines = fc.sample(line, 3000).flatMap((text) => {
    const words = splitWords(text);
    return "refused" in words ? [] : [{ text, words }];
  });
  expect(lines.length).toBeGreaterThan(500);
  const script = lines.map(({ text }) => `printf '%s\\0' ${text}\nprintf '\\n\\0'\n`).join("");
  const split = execFileSync("bash", ["-f", "-c", script], { encoding: "utf8" }).split("\n\0");
  expect(split.slice(0, -1).map((words, i) => [lines[i]?.text, words.split("\0").slice(0, -1)])).toEqual(
    lines.map(({ text, words }) => [text, words]),
  );
});
