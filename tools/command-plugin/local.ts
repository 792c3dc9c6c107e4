import { spawn, type ChildProcess } from "node:child_process";

import { Output, type Ran, type Run } from "./run";

export interface LocalRun extends Run {
  /** Program and its first arguments; the command comes after them. */
  readonly interpreter: readonly string[];
  readonly dir: string | undefined;
}

const running = new Set<ChildProcess>();

/** Runs a command on this machine. Error: the text of the real plugin, with the exit status and the whole output. */
export function runLocal(run: LocalRun): Promise<Ran> {
  const [program = "/bin/sh", ...words] = run.interpreter;
  const output = new Output(run.log);
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...words, run.command], {
      cwd: run.dir,
      env: { ...process.env, ...run.environment, ...run.previous },
      // A group of its own, so that cancelling ends what the command started as well.
      detached: true,
    });
    running.add(child);
    const fail = (what: string) => reject(new Error(`${what}: running ${run.shown}:\n${output.both()}`));
    child.stdout.on("data", (bytes: Buffer) => output.add("stdout", bytes));
    child.stderr.on("data", (bytes: Buffer) => output.add("stderr", bytes));
    child.on("error", (error) => fail(error.message));
    child.on("close", (status, signal) => {
      running.delete(child);
      output.finish();
      if (status === 0) resolve(output.result());
      else fail(status === null ? `signal: ${signal ?? "?"}` : `exit status ${status}`);
    });
    // A command may end without reading its input.
    child.stdin.on("error", () => undefined);
    child.stdin.end(run.stdin ?? "");
  });
}

/** Ends every running command. */
export function stopAll(): void {
  for (const { pid } of running) {
    if (pid !== undefined) process.kill(-pid, "SIGTERM");
  }
}
