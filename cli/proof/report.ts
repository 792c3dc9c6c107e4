import type { Check, Word } from "./checks";

/** What an account answered, or why it did not. */
export interface Answered {
  readonly check: Check;
  readonly answer: string;
  /** null: it is as it must be. */
  readonly wrong: string | null;
}

/** A command as one types it. */
export const typed = (words: readonly Word[]): string => ["aws", ...words.map(typedWord)].join(" ");

function typedWord(word: Word): string {
  if (typeof word !== "string") return `"$(${typed(asText(word))})"`;
  return /^[\w./:=,-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;
}

/** A question whose answer is a word. */
export const asText = (words: readonly string[]): readonly string[] => [...words, "--output", "text"];

/** Text without the account's number and without anybody's address. */
export const redacted = (text: string): string =>
  text.replaceAll(/(?<!\d)\d{12}(?!\d)/g, "ACCOUNT").replaceAll(/[\w.+-]+@[\w.-]+\.\w+/g, "ADDRESS");

/** Reads one answer. */
export function judged(check: Check, answer: string): Answered {
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    return { check, answer, wrong: "must be JSON" };
  }
  return { check, answer, wrong: check.wrong(value) };
}

/** The report, Markdown. `day`: as "2026-11-26". */
export function report(stack: string, day: string, all: readonly Answered[]): string {
  const right = all.filter(({ wrong }) => wrong === null).length;
  const parts = all.map(
    ({ check, answer, wrong }, index) =>
      `## ${index + 1}. ${wrong === null ? "Yes" : "No"}: whether ${check.asks}\n\n    ` +
      `${typed(check.words)}\n\n${wrong === null ? "" : `${wrong}\n\n`}    ${answer.trim().split("\n").join("\n    ")}\n`,
  );
  return redacted(`# What AWS answers about ${stack}, ${day}\n\n${right} of ${all.length} are as they must be.\n\n${parts.join("\n")}`);
}
