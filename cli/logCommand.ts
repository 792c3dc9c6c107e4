import { UsageError } from "./terminal";

/** The command that shows a log on a host; hostctl knows which units belong to a service. Words: [SERVICE|JOB|deploy] [-f] [-n LINES]. */
export function logCommand(words: readonly string[]): string {
  for (const word of words) {
    if (!/^(-f|-n|\d+|[a-z][a-z0-9-]*)$/.test(word)) {
      throw new UsageError(`npm run logs -- [STACK] [SERVICE|JOB|deploy] [-f] [-n LINES], got "${word}"`);
    }
  }
  return ["sudo hostctl logs", ...words].join(" ");
}
