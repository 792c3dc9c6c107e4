import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a machine was made of; kept beside its disk, so that it can be started again without Pulumi's state. */
export interface StoredMachine {
  readonly name: string;
  readonly image: string;
  readonly bridge: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Whether its disk holds what exists nowhere else; not told of a machine that was made before this was. */
  readonly keepsData?: boolean;
}

const machinesFolder = "/var/lib/webstack/machines";

/** The folder of one machine: `upper` is its disk, `console.log` what its console said. */
export function folderOf(name: string): string {
  return join(machinesFolder, name);
}

export function storeMachine(machine: StoredMachine): void {
  mkdirSync(folderOf(machine.name), { recursive: true, mode: 0o700 });
  writeFileSync(join(folderOf(machine.name), "machine.json"), `${JSON.stringify(machine, null, 2)}\n`);
}

/** undefined: there is no such machine on this box. */
export function storedMachine(name: string): StoredMachine | undefined {
  try {
    return JSON.parse(readFileSync(join(folderOf(name), "machine.json"), "utf8")) as StoredMachine;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Debian release of a machine of this box, such as "bookworm"; undefined where there is none, or where only root may look, as at a review.
 */
export function suiteOf(name: string, look: (name: string) => StoredMachine | undefined = storedMachine): string | undefined {
  const machine = unlessForbidden(() => look(name));
  if (machine === undefined || !existsSync(join(machine.image, osRelease))) return undefined;
  return /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync(join(machine.image, osRelease), "utf8"))?.[1];
}

function unlessForbidden<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return undefined;
    throw error;
  }
}

/** https://www.freedesktop.org/software/systemd/man/252/os-release.html */
const osRelease = "usr/lib/os-release";

/** Every machine of this box, those of other stacks too. */
export function storedMachines(): StoredMachine[] {
  try {
    return readdirSync(machinesFolder).flatMap((name) => storedMachine(name) ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Names of the machines on a bridge whose disks hold what exists nowhere else; one that does not tell may. None where only root may look.
 */
export function keepersOn(bridge: string, look: () => readonly StoredMachine[] = storedMachines): readonly string[] {
  return (unlessForbidden(look) ?? [])
    .filter((machine) => machine.bridge === bridge && machine.keepsData !== false)
    .map(({ name }) => name);
}

export function forgetMachine(name: string): void {
  rmSync(folderOf(name), { recursive: true, force: true });
}
