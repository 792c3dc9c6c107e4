import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";

/** A program that ended with another status than 0; `status` is what a shell would report. */
export class Failed extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "Failed";
  }
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment of this process; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Secrets go in here, never into the arguments: those are in the process list. */
  readonly stdin?: string;
}

/**
 * Has this process live until the child ends, so that what waits for it is tidied up. Ctrl-C reaches the child too, as it is on the same
 * terminal, and it decides what to do; another end that is asked of us is handed on. Result: what ends that.
 */
function outlive(child: ChildProcess): () => void {
  const handlers = (["SIGINT", "SIGHUP", "SIGTERM"] as const).map(
    (signal) => [signal, () => void (signal === "SIGINT" || child.kill(signal))] as const,
  );
  for (const [signal, handle] of handlers) process.on(signal, handle);
  return () => {
    for (const [signal, handle] of handlers) process.off(signal, handle);
  };
}

/** As a shell reports it. */
const ended = (status: number | null, signal: NodeJS.Signals | null): number => status ?? 128 + (signal ? constants.signals[signal] : 0);

/** Runs a program on our terminal. Result: its exit status, 128 + number for a signal. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.stdin === undefined ? "inherit" : "pipe", "inherit", "inherit"],
    });
    const release = outlive(child);
    child.on("error", (error) => reject(new Failed(`${program}: ${error.message}`, 127)));
    child.on("close", (status, signal) => {
      release();
      resolve(ended(status, signal));
    });
    child.stdin?.end(options.stdin);
  });
}

/** Runs a program on our terminal without some lines of what it prints: those that match. Result as of {@link run}. */
export function runWithout(
  program: string,
  args: readonly string[],
  hidden: RegExp,
  options: Omit<RunOptions, "stdin"> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["inherit", "pipe", "inherit"],
    });
    const release = outlive(child);
    createInterface({ input: child.stdout }).on("line", (line) => hidden.test(line) || console.log(line));
    child.on("error", (error) => reject(new Failed(`${program}: ${error.message}`, 127)));
    child.on("close", (status, signal) => {
      release();
      resolve(ended(status, signal));
    });
  });
}

/** Runs a program in silence. Result: what it printed, without the last line end. Error: {@link Failed}, with its output. */
export function capture(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env } });
    let stdout = "";
    let both = "";
    const collect = (chunk: string) => (both += chunk);
    child.stdout
      .setEncoding("utf8")
      .on("data", collect)
      .on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", collect);
    child.on("error", (error) => reject(new Failed(`${program}: ${error.message}`, 127)));
    const release = outlive(child);
    child.on("close", (status) => {
      release();
      if (status === 0) resolve(stdout.replace(/\n$/, ""));
      else reject(new Failed(`${program} ${args[0] ?? ""} failed:\n${both.trimEnd()}`, status ?? 1));
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin);
  });
}
