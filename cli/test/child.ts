import { spawn } from "node:child_process";
import { project } from "../../tools/setup/folders";

/** How a program ended that was run to its end: its status (1 for a signal) and all that it printed, in the order in which it came. */
export interface Ended {
  readonly status: number;
  readonly output: string;
}

export interface ChildOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it takes only what others leave of the processors. */
  readonly nice?: boolean;
  /** Is told what it says, while it says it. */
  readonly print?: (text: string) => void;
}

/** Runs a program in the project's folder, whatever its status. Its words are kept, since several suites speak at once. */
export function child(
  program: string,
  words: readonly string[],
  { cwd = project, env = {}, nice = false, print = () => undefined }: ChildOptions = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const [first = program, ...rest] = nice ? ["nice", "-n", "19", program, ...words] : [program, ...words];
    const started = spawn(first, rest, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (text: string) => {
      output += text;
      print(text);
    };
    started.stdout.setEncoding("utf8").on("data", keep);
    started.stderr.setEncoding("utf8").on("data", keep);
    started.on("error", (error) => resolve({ status: 127, output: `${program}: ${error.message}\n` }));
    started.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}
