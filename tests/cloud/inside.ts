import { readFileSync } from "node:fs";
import { processes } from "../../providers/nspawn/cgroup";
import { run } from "../../providers/nspawn/command";

/** Runs a shell script as root inside a machine, without a login there, as a cloud does with what it manages. Result: its output. */
export function runInside(name: string, script: string): string {
  const first = processes(name).find(isFirst);
  if (first === undefined) throw new Error(`machine ${name} does not run`);
  return run(["nsenter", "--target", String(first), "--mount", "--uts", "--ipc", "--net", "--pid", "--", "/bin/sh", "-eu"], script);
}

/** Whether the process is number 1 of its own namespace: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function isFirst(id: number): boolean {
  try {
    const numbers = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]?.split(/\s+/) ?? [];
    return numbers.length > 1 && numbers.at(-1) === "1";
  } catch {
    return false;
  }
}
