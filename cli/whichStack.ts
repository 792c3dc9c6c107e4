import { nearest } from "../infra/config/schema/nearest";
import { madeStacks, type MadeStack } from "./pulumi";
import { describedStacks, requireReadable } from "./stackFiles";
import { UsageError } from "./terminal";
import { verb } from "./verbs";

/** What there is to choose from. */
export interface Stacks {
  /** Those that have a Pulumi.NAME.yaml, in the project's folder or beside an example. */
  readonly described: readonly string[];
  /** Those that the backend has. */
  readonly made: readonly MadeStack[];
}

/** The stack that a verb is about, and the words behind its name. */
export interface Chosen {
  readonly stack: string;
  readonly rest: readonly string[];
  /** A line for people, where nobody has named the stack. */
  readonly says?: string;
}

/** What may follow the stack: options alone, or words of the verb's own, the first of which then need not be a stack. */
type Follows = "options" | "words";

/** The stack that the words of a verb are about, which is told where they do not name it. @throws UsageError */
export async function whichStack(follows: Follows = "options", words: readonly string[] = process.argv.slice(2)): Promise<Chosen> {
  const described = describedStacks();
  // The engine takes 0.3 s to list what it has.
  const made = described.includes(words[0] ?? "") ? [] : await madeStacks();
  const chosen = chooseStack(words, { described, made }, follows, process.env["STACK"]);
  if (chosen.says !== undefined) console.error(chosen.says);
  requireReadable(chosen.stack);
  return chosen;
}

/**
 * The stack that the first word names; else `preset`; else the only one that is up; else, where none is, `local`.
 *
 * @throws UsageError where the first word is none or looks like one, where a later one is, or several are up
 */
export function chooseStack(words: readonly string[], stacks: Stacks, follows: Follows, preset?: string): Chosen {
  const [first] = words;
  if (first !== undefined && known(stacks).includes(first)) return { stack: first, rest: words.slice(1) };
  if (first !== undefined && !first.startsWith("-") && follows === "options") throw new UsageError(unknownStack(first, stacks));
  if (preset !== undefined && preset !== "") return { stack: preset, rest: words };
  const later = follows === "options" ? words.find((word) => known(stacks).includes(word)) : undefined;
  if (later !== undefined)
    throw new UsageError(
      `${later} is a stack; name the stack first: npm run ${verb()} -- ${later} ${words.filter((word) => word !== later).join(" ")}`,
    );
  const up = stacks.made.filter((stack) => stack.up).map(({ name }) => name);
  if (up.length !== 1 && first !== undefined && !first.startsWith("-") && nearOf(first, stacks) !== undefined)
    throw new UsageError(unknownStack(first, stacks));
  if (up.length > 1)
    throw new UsageError(
      `several stacks are up: ${up.sort().join(", ")}; name the one that you mean first: npm run ${verb()} -- ` +
        `${up[0] ?? ""}${words.map((word) => ` ${word}`).join("")}`,
    );
  const [only] = up;
  return only === undefined
    ? { stack: "local", rest: words }
    : { stack: only, rest: words, says: `stack ${only}, the only one that is up` };
}

/** Why nothing is a stack of that name, in a line. */
export function unknownStack(name: string, stacks: Stacks): string {
  const all = known(stacks);
  const near = nearOf(name, stacks);
  return (
    `there is no stack "${name}"; there ${all.length === 0 ? "are none" : `are: ${all.join(", ")}`}; ` +
    `${near === undefined ? `make one: npm run new -- --name ${name}` : `did you mean ${near}?`}`
  );
}

/** The stack that a mistyped word most likely means; `ls` is no mistyped `aws`. */
const nearOf = (word: string, stacks: Stacks): string | undefined => nearest(word, known(stacks), Math.min(2, word.length - 1));

function known({ described, made }: Stacks): readonly string[] {
  return [...new Set([...described, ...made.map(({ name }) => name)])].sort();
}
