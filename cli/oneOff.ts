import { run } from "../tools/setup/process";
import { chooseHost, terminalWord, withLogin } from "./hostLogin";
import { reach } from "./reach";
import { shellLine } from "./shellWords";
import { UsageError } from "./terminal";
import { verb } from "./verbs";
import { whichStack } from "./whichStack";

/** Where a one-off command runs, and its words. */
export interface OneOff {
  /** The stack's first host unless told otherwise. */
  readonly host: string | undefined;
  readonly words: readonly string[];
}

/** Reads the words behind the stack's name: [--host HOST] [WORDS...]; whatever follows is the command's own. @throws UsageError */
export function oneOffOf(rest: readonly string[]): OneOff {
  const [first = "", host, ...behind] = rest;
  // Which ends options for many programs, and does here.
  if (first === "--") return { host: undefined, words: rest.slice(1) };
  if (first.startsWith("--host=")) return { host: first.slice("--host=".length), words: rest.slice(1) };
  if (first !== "--host") return { host: undefined, words: rest };
  if (host === undefined) throw new UsageError("--host: must be followed by the name of a host");
  return { host, words: behind };
}

/**
 * Runs a command as the app on a host of a stack that is up, on our terminal where there is one: `command` makes the words that hostctl
 * gets of those that were typed. Result: the exit status of the command.
 */
export async function runOneOff(command: (words: readonly string[]) => readonly string[]): Promise<number> {
  const { stack, rest } = await whichStack("words");
  const { host: name, words } = oneOffOf(rest);
  const line = shellLine(["sudo", "hostctl", ...command(words)]);
  const { pulumi, hosts } = await reach(stack);
  const host = chooseHost(hosts, name, stack);
  return withLogin(pulumi, hosts, (sshArguments) => run("ssh", [...terminalWord(), ...sshArguments(host), line]));
}

/** @throws UsageError where there are none */
export function needed(words: readonly string[], example: string): readonly string[] {
  if (words.length === 0)
    throw new UsageError(`npm run ${verb()} -- [STACK] [--host HOST] WORDS..., for example npm run ${verb()} -- ${example}`);
  return words;
}
