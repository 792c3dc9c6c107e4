import { quote } from "../infra/config/quote";

/**
 * What is sent to the shell of a host: one word is a line of shell (`"df -h; free -m"`), several are words of one command, each of
 * which arrives as it was typed.
 */
export function shellLine(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? "") : words.map(quote).join(" ");
}
