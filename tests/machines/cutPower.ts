import { processes } from "../../providers/nspawn/cgroup";

/** Ends every process of a machine at once, as a power cut does; some end by the death of another. */
export function cutPower(machine: string): void {
  for (const pid of processes(machine)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
