import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";

import { quote } from "../../infra/config/quote";
import { findProgram } from "./folders";
import { capture, Failed } from "./process";
import { SetUpError, type Step } from "./step";

/** Debian packages that local machines and the tests need on this box; stacks in a cloud need none. */
const needed = [
  "ca-certificates",
  "curl",
  "git",
  "iproute2",
  "mmdebstrap",
  "nagios-nrpe-plugin",
  "nftables",
  "openssh-client",
  "openssh-sftp-server",
  "python3",
  "python3-pip",
  "python3-venv",
  "systemd-container",
];

export const packages = debianPackages("Debian packages", needed);

/** The step that installs Debian packages where they are not yet. */
export function debianPackages(name: string, packages: readonly string[]): Step {
  return {
    name,
    missing: () => {
      const absent = missingPackages(packages);
      return absent.length === 0 ? null : `${absent.join(", ")} ${absent.length === 1 ? "is" : "are"} missing`;
    },
    make: () => install(missingPackages(packages)),
  };
}

/** How long another apt may take, as an upgrade that the box runs itself. */
const lockSeconds = 900;

/** With a fresh list of what there is. */
export async function install(names: readonly string[]): Promise<void> {
  if (!findProgram("apt-get")) {
    throw new SetUpError(`this is no Debian or Ubuntu box; install these programs yourself: ${names.join(", ")}`);
  }
  requireRoot(`installing ${names.join(", ")}`);
  // What apt says of its lock is read in English.
  const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  await fetchLists(env, Date.now() + lockSeconds * 1000);
  await capture("apt-get", ["install", "-q", "-y", "--no-install-recommends", "-o", `DPkg::Lock::Timeout=${lockSeconds}`, ...names], {
    env,
  });
}

/** For the lock of the lists DPkg::Lock::Timeout does not hold. */
async function fetchLists(env: Readonly<Record<string, string>>, until: number): Promise<void> {
  try {
    await capture("apt-get", ["update", "-q"], { env });
  } catch (error) {
    if (!(error instanceof Failed && error.message.includes("Could not get lock")) || Date.now() > until) throw error;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return fetchLists(env, until);
  }
}

/** Error: this box cannot have machines of its own, and what to do. */
export function requireMachineBox(platform: string = process.platform): void {
  if (platform !== "linux")
    throw new SetUpError(
      `local machines need Linux and root, got ${platform}; use a Linux box for the rehearsal, the verbs for a stack in a cloud work here`,
    );
  requireRoot("a stack on local machines");
}

/** Error: the line that says how to become root. */
export function requireRoot(what: string): void {
  if (process.getuid?.() !== 0)
    throw new SetUpError(`${what} needs root; run as root: ${asRoot(process.argv, process.env["npm_lifecycle_event"])}`);
}

/**
 * What was typed, as root. `argv`: node, cli/up.ts and the words behind the verb; `event`: the script that npm runs, "npx" for a program of
 * a package.
 */
export function asRoot([, program = "up", ...words]: readonly string[], event: string | undefined): string {
  const typed = words.map((word) => ` ${quote(word)}`).join("");
  // Verbs that need root have the names of their files.
  if (event === undefined || event === "npx") return `sudo npx webstack ${basename(program, ".ts")}${typed}`;
  return `sudo npm run ${event}${typed === "" ? "" : ` --${typed}`}`;
}

/** Reads dpkg's own list: a tenth of the time that dpkg-query takes. */
export function missingPackages(names: readonly string[], statusFile = "/var/lib/dpkg/status"): string[] {
  if (!existsSync(statusFile)) return [...names];
  const installed = new Set(
    readFileSync(statusFile, "utf8")
      .split("\n\n")
      .filter((paragraph) => /^Status: \S+ \S+ installed$/m.test(paragraph))
      .map((paragraph) => /^Package: (.+)$/m.exec(paragraph)?.[1]),
  );
  return names.filter((name) => !installed.has(name));
}
