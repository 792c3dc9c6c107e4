import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { groups, limit, processes, removeGroups } from "./cgroup";
import { attempt, environment } from "./command";
import { stackOf } from "./kind";
import { folderOf, forgetMachine, type StoredMachine } from "./store";

/** Whether the machine has any process. */
export function isRunning(name: string): boolean {
  return processes(name).length > 0;
}

/**
 * Boots the machine in a session of its own, so that it outlives whoever started it.
 * @returns what tells, whenever asked, whether it has ended since
 */
export function start(machine: StoredMachine, urn?: string): () => boolean {
  const { name, image, bridge, memoryMiB, cpus } = machine;
  if (!existsSync(join(image, "usr")))
    throw new Error(`the image ${image} of machine ${name} is gone from the cache; ${mendOfImage(machine, urn)}`);
  const folder = folderOf(name);
  for (const part of ["upper", "work", "root"]) mkdirSync(join(folder, part), { recursive: true });
  limit(name, memoryMiB, cpus);
  const console = openSync(join(folder, "console.log"), "a", 0o600);
  const cgroups = groups(name)
    .map((group) => group.folder)
    .join(" ");
  const words = [
    ...["--mount", "--propagation", "private", "--", join(__dirname, "boot.sh"), folder, image, cgroups],
    ...["--quiet", `--machine=${name}`, "--register=no", "--keep-unit", `--network-bridge=${bridge}`, "--resolv-conf=off"],
    ...["--boot", "--console=read-only"],
    // Debian 13's systemd boots on a box with cgroup v1 only with this word; in a container it reads its own command line.
    // https://github.com/systemd/systemd/blob/v256/NEWS
    "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1",
  ];
  const child = spawn("unshare", words, { detached: true, stdio: ["ignore", console, console], env: environment });
  closeSync(console);
  child.unref();
  return () => child.exitCode !== null || child.signalCode !== null;
}

/** A machine that is made anew has another disk: of one that keeps data, or does not tell, nobody is advised that. */
function mendOfImage({ name, image, keepsData }: StoredMachine, urn: string | undefined): string {
  if (keepsData === false) return `make the machine anew: npm run up -- ${stackOf(urn)} --replace '${urn ?? "URN"}'`;
  return (
    `its data are in ${join(folderOf(name), "upper")} and need that image: put it back at ${image}, or run npm run up -- ${stackOf(urn)} ` +
    "with the version of this project that made the machine, which builds it there; --replace would begin without the data"
  );
}

/** Ends every process of the machine, as a power cut would; also when its systemd hangs. Succeeds when there is none. */
export async function stop(name: string): Promise<void> {
  // systemd-nspawn tidies up after itself when its machine ends, but lets the machine run on when it is killed first.
  for (const id of processes(name).filter((id) => commandOf(id) !== "systemd-nspawn")) kill(id);
  for (let waited = 0; isRunning(name); waited += 20) {
    if (waited > 10_000) throw new Error(`machine ${name} does not end: processes ${processes(name).join(", ")} survive SIGKILL`);
    if (waited > 1_000) processes(name).forEach(kill);
    await sleep(20);
  }
  // The pair goes with the machine's network namespace, which the kernel removes in its own time.
  attempt(["ip", "link", "delete", "dev", `vb-${name}`]);
  rmSync(`/run/systemd/nspawn/propagate/${name}`, { recursive: true, force: true });
  removeGroups(name);
}

/** Stops a machine and deletes its disk; succeeds when there is none. */
export async function removeMachine(name: string): Promise<void> {
  await stop(name);
  forgetMachine(name);
}

/** The last words of the machine's console, for an error message. */
export function consoleTail(name: string): string {
  try {
    const lines = readFileSync(join(folderOf(name), "console.log"), "utf8")
      .trimEnd()
      .split("\n");
    return lines.slice(-8).join("\n");
  } catch {
    return "";
  }
}

function commandOf(id: number): string {
  try {
    // The kernel cuts this name at 15 characters, one more than "systemd-nspawn" has.
    return readFileSync(`/proc/${id}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function kill(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
