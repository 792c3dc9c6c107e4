import { createInterface, type Interface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { UsageError } from "../terminal";

export const usage =
  "npm run new -- --app FOLDER [--name NAME] [--target local|digitalocean|aws] [--domain DOMAIN] [--ssh-from CIDR] [--email " +
  "ADDRESS] [--module M:A] [--settings MODULE]\n  [--health PATH] [--requirements FILE] [--env NAME=VALUE]... [--range CIDR] " +
  "[--image debian-13|debian-12] [--no-database] [--yes]; --lock with --app only chooses the packages' versions anew";

const options = {
  app: { type: "string" },
  name: { type: "string" },
  target: { type: "string" },
  domain: { type: "string" },
  "ssh-from": { type: "string", multiple: true },
  email: { type: "string", multiple: true },
  module: { type: "string" },
  settings: { type: "string" },
  health: { type: "string" },
  requirements: { type: "string" },
  env: { type: "string", multiple: true },
  range: { type: "string" },
  image: { type: "string" },
  "no-database": { type: "boolean" },
  yes: { type: "boolean" },
  lock: { type: "boolean" },
} as const;

export type Flags = ReturnType<typeof readFlags>;

/** @throws UsageError with the flags there are */
export function readFlags(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`);
  }
}

/** `NAME=VALUE` of each --env. */
export function readEnv(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--env: must be NAME=VALUE, got "${pair}"`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Asks on a terminal; elsewhere, and with --yes, it takes what was proposed and collects what nobody proposed. */
export class Answers {
  private readonly missing: string[] = [];
  private terminal: Interface | undefined;

  constructor(private readonly asks: boolean) {}

  /**
   * @param given the flag's value, which ends the matter
   * @param proposal "" where there is none
   * @param flag how to answer without a terminal
   */
  async of(question: string, given: string | undefined, proposal: string, flag: string): Promise<string> {
    if (given !== undefined) return given;
    if (!this.asks) {
      if (proposal === "") this.missing.push(`  ${question}: say ${flag}`);
      return proposal;
    }
    // One for all questions: what is typed ahead would be lost with the first.
    this.terminal ??= createInterface({ input: process.stdin, output: process.stdout });
    for (;;) {
      const answer = (await this.terminal.question(`${question}${proposal === "" ? "" : ` [${proposal}]`}: `)).trim() || proposal;
      if (answer !== "") return answer;
    }
  }

  /** Asks nothing more. */
  close(): void {
    this.terminal?.close();
  }

  /** @throws UsageError that names everything that nobody answered */
  complete(): void {
    if (this.missing.length > 0) throw new UsageError(`what the app's folder does not tell:\n${this.missing.join("\n")}`);
  }
}
