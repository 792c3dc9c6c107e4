import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Problem } from "../../infra/config/problems";
import { attempt, environment } from "./command";
import { overlap, parseRange } from "./range";

/** Commands the machines are made with, and the Debian package that brings each. */
const commands = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  nft: "nftables",
  ip: "iproute2",
  unshare: "util-linux",
  flock: "util-linux",
} as const;

/** What this box lacks for machines of its own, each fault with the command that mends it. */
export function checkBox(): Problem[] {
  if (process.platform !== "linux") {
    return [
      { at: "box", must: "must be Linux to run machines of its own", got: process.platform, hint: "use another target, or a Linux box" },
    ];
  }
  const problems: Problem[] = [];
  if (process.getuid?.() !== 0)
    problems.push({ at: "box", must: "must be used as root for local machines", hint: "run it again with sudo" });
  for (const [command, debianPackage] of Object.entries(commands)) {
    if (!isCommand(command))
      problems.push({ at: "box", must: `must have the command ${command}`, hint: `run: apt-get install ${debianPackage}` });
  }
  if (isOverlay("/var/lib")) {
    problems.push({
      at: "box",
      must: "must have /var/lib/webstack on a file system that is no overlay",
      hint: "mount a disk or a volume there",
    });
  }
  return problems;
}

/** Whether `range` is taken by something that is not the bridge `ours`: each interface or route it would meet. */
export function checkRange(range: string, ours: string): Problem[] {
  const wanted = parseRange(range);
  const listed = attempt(["ip", "-json", "-4", "route", "show", "table", "all"]);
  if (wanted === undefined || !listed.ok) return [];
  const routes = JSON.parse(listed.stdout || "[]") as readonly { dst: string; dev?: string; type?: string }[];
  const taken = routes.find(({ dst, dev }) => {
    const other = dst === "default" ? undefined : parseRange(dst);
    return dev !== undefined && dev !== ours && other !== undefined && overlap(wanted, other);
  });
  if (taken === undefined) return [];
  return [
    {
      at: "network.range",
      must: `must be free on this box, where ${taken.dev ?? ""} has ${taken.dst}`,
      got: range,
      hint: "choose another private range, such as 10.88.0.0/24",
    },
  ];
}

function isCommand(name: string): boolean {
  return (environment.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** An overlay cannot lie on another one: https://docs.kernel.org/filesystems/overlayfs.html#upper-and-lower */
function isOverlay(folder: string): boolean {
  const mounts = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "));
  const holding = mounts.filter(([, at = ""]) => at === "/" || folder === at || folder.startsWith(`${at}/`) || at === "/var/lib/webstack");
  const nearest = holding.sort(([, one = ""], [, other = ""]) => one.length - other.length).at(-1);
  return nearest?.[2] === "overlay";
}
