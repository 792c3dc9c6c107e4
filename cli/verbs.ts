import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { project } from "../tools/setup/folders";

/** What a person may type. */
export interface Verb {
  readonly name: string;
  /** "cli/up.ts" */
  readonly file: string;
  /** "[STACK] [HOST [COMMAND...]]" */
  readonly words: string;
  /** In a sentence or several, as the file says it at its head. */
  readonly says: string;
}

/** The verbs that package.json has a script for, with what their files say of themselves. @throws where a file says nothing */
export function verbs(): readonly Verb[] {
  return scripts()
    .filter(([name]) => !ofTheProject.includes(name))
    .map(([name, file]) => {
      const comment = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(project, file), "utf8"))?.[1] ?? "";
      const text = comment
        .replace(/^ ?\* ?/gm, "")
        .replace(/\s+/g, " ")
        .trim();
      const [, words, says] = new RegExp(`^npm run ${name}( [^:]*)?: (.+)$`).exec(text) ?? [];
      if (says === undefined) throw new Error(`${file}: must begin with a comment "npm run ${name} -- WORDS: what it does"`);
      return { name, file, words: typed((words ?? "").trim()), says };
    });
}

/** How a verb is typed and what it does, for people. */
export const usageOf = ({ name, words, says }: Verb): string => `webstack ${name} ${words}`.trim() + `\n${says}`;

/**
 * What the verb that runs says of itself, where its words ask for that: first of all, or behind the stack unless what follows there are
 * words of another program. null where they do not, or the program is none of the verbs.
 */
export function helpAsked(words: readonly string[]): string | null {
  const asks = (word = "") => word === "--help" || word === "-h";
  if (!asks(words[0]) && !(asks(words[1]) && words.length === 2)) return null;
  const name = verb();
  const found = verbs().find((one) => one.name === name);
  return found === undefined || (!asks(words[0]) && passingOn.includes(name)) ? null : usageOf(found);
}

/** Their words behind the stack are a host's, a program's or the engine's. */
const passingOn: readonly string[] = ["exec", "manage", "shell", "ssh", "pulumi"];

/** Name of the verb that runs. */
export function verb(): string {
  const program = `cli/${basename(process.argv[1] ?? "")}`;
  return scripts().find(([, file]) => file === program)?.[0] ?? "VERB";
}

/** Words without npm's own: `[-- [STACK] [-f]]` is `[STACK] [-f]`. */
const typed = (words: string): string => (words.startsWith("[-- [") ? words.slice("[-- ".length, -1) : words.replace("-- ", ""));

/** What those type who work on the project itself. */
const ofTheProject: readonly string[] = ["test", "faults", "nodes", "soak", "reference", "bench"];

/** Names and files. */
function scripts(): readonly (readonly [string, string])[] {
  const found = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { scripts: Record<string, string> };
  return Object.entries(found.scripts).flatMap(([name, line]) => {
    const file = /^tools\/run (\S+)$/.exec(line)?.[1];
    return file === undefined ? [] : [[name, file] as const];
  });
}
