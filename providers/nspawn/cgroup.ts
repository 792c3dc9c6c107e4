import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The place of one machine in a hierarchy of control groups. */
export interface Group {
  readonly folder: string;
  /** Version 2 with controllers limits memory and processor by itself; version 1 has a hierarchy for each. */
  readonly kind: "unified" | "memory" | "cpu" | "processes";
}

/**
 * Where the groups of a machine lie, read from the text of /proc/mounts. Limits are set here, from outside, since a unit
 * inside cannot limit itself on a box with version 1. Hierarchies without controllers are joined too: systemd-nspawn makes
 * groups below its own, and they shall be found and removed with the machine.
 */
export function groupsOf(name: string, mounts: string): Group[] {
  const lines = mounts.split("\n").map((line) => line.split(" "));
  const hierarchies = lines.flatMap(([, at = "", type = "", options = ""]): Group[] => {
    const folder = join(at, "webstack", name);
    const words = options.split(",");
    if (type === "cgroup2") return [{ folder, kind: at === "/sys/fs/cgroup" ? "unified" : "processes" }];
    if (type !== "cgroup") return [];
    if (words.includes("memory")) return [{ folder, kind: "memory" }];
    if (words.includes("cpu")) return [{ folder, kind: "cpu" }];
    return words.includes("name=systemd") ? [{ folder, kind: "processes" }] : [];
  });
  return hierarchies.filter(({ folder }, index) => hierarchies.findIndex((other) => other.folder === folder) === index);
}

/** Files and values that limit a machine; `cpus` 0.5 is half of one processor. */
export function limits({ kind, folder }: Group, memoryMiB: number, cpus: number): [file: string, value: string][] {
  const bytes = String(memoryMiB * 1024 * 1024);
  const period = 100_000;
  const quota = String(Math.round(cpus * period));
  const rows: Record<Group["kind"], [string, string][]> = {
    unified: [
      ["memory.max", bytes],
      ["memory.swap.max", "0"],
      ["cpu.max", `${quota} ${period}`],
    ],
    memory: [["memory.limit_in_bytes", bytes]],
    cpu: [
      ["cpu.cfs_period_us", String(period)],
      ["cpu.cfs_quota_us", quota],
    ],
    processes: [],
  };
  return rows[kind].map(([file, value]) => [join(folder, file), value]);
}

/** The groups of a machine on this box. */
export function groups(name: string): Group[] {
  return groupsOf(name, readFileSync("/proc/mounts", "utf8"));
}

/** Makes the groups where missing, and sets their limits; a running machine obeys at once. */
export function limit(name: string, memoryMiB: number, cpus: number): void {
  for (const group of groups(name)) {
    if (group.kind === "unified") {
      // Controllers are handed down one level at a time: https://docs.kernel.org/admin-guide/cgroup-v2.html#top-down-constraint
      const parent = join(group.folder, "..");
      mkdirSync(parent, { recursive: true });
      for (const folder of [join(parent, ".."), parent]) writeFileSync(join(folder, "cgroup.subtree_control"), "+memory +cpu");
    }
    mkdirSync(group.folder, { recursive: true });
    for (const [file, value] of limits(group, memoryMiB, cpus)) {
      if (!file.endsWith("swap.max") || existsSync(file)) writeFileSync(file, value);
    }
  }
}

/** Ids of all processes of a machine, its systemd-nspawn included. */
export function processes(name: string): number[] {
  const ids = groups(name)
    .flatMap(({ folder }) => foldersBelow(folder))
    .flatMap((folder) => {
      const text = readIfThere(join(folder, "cgroup.procs"));
      return text
        .split("\n")
        .filter((line) => line !== "" && line !== "0")
        .map(Number);
    });
  return [...new Set(ids)];
}

/** Removes the groups of a machine whose processes are gone. */
export function removeGroups(name: string): void {
  for (const { folder } of groups(name)) {
    for (const below of foldersBelow(folder).reverse()) rmdirSync(below);
    // The last machine takes the common folder along; another stack's machine keeps it.
    const common = join(folder, "..");
    if (existsSync(common) && subfolders(common).length === 0) removeUnlessTaken(common);
  }
}

/** Another process may make a machine, or remove its last one, at this very moment. */
function removeUnlessTaken(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!["EBUSY", "ENOENT", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** A folder and all below it, parents first; none when it does not exist. */
function foldersBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return [folder, ...subfolders(folder).flatMap((name) => foldersBelow(join(folder, name)))];
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return []; // Went between being listed and being read, as groups do while their machine stops.
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
