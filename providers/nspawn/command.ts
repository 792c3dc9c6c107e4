import { spawnSync } from "node:child_process";

// A shell that was not a login shell may lack the folders of the administrator's commands.
const path = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`;

/** Environment for every command that is started here. */
export const environment: NodeJS.ProcessEnv = { ...process.env, PATH: path, LC_ALL: "C.UTF-8" };

export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command to its end and never throws for its exit status. */
export function attempt(words: readonly [string, ...string[]], input = ""): Outcome {
  const [command, ...args] = words;
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: "utf8", env: environment });
  return { ok: status === 0, stdout: stdout ?? "", stderr: error === undefined ? stderr : error.message };
}

/** Runs a short command and gives its output; throws what it complained of. */
export function run(words: readonly [string, ...string[]], input = ""): string {
  const { ok, stdout, stderr } = attempt(words, input);
  if (!ok) throw new Error(`${words.join(" ")} failed: ${stderr.trim()}`);
  return stdout;
}
