import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DebianName } from "../config/catalog/debian";
import { hardeningChecks, hardeningFiles } from "./hardening";
import { file, type ManifestCheck, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";

const hostctl = join(__dirname, "..", "..", "hostctl");
const hostctlFolder = "/usr/local/lib/webstack/hostctl/";
/** The head of each bundle, which runs before there is a copy of hostctl. */
const receiver = "standalone/receive.py";

/** Files that every host has: hostctl itself and its recovery at boot, SSH, the journal's limits, what hardening.ts has. */
export function commonFiles(stack: string, sshKeys: readonly string[], debian: DebianName): readonly ManifestFile[] {
  return [
    ...hostctlFiles(stack),
    ...hardeningFiles,
    file("/etc/systemd/system/webstack-recover.service", render("systemd/webstack-recover.service", { sandbox: verbatim("systemd/sandbox.conf") })),
    file("/etc/systemd/system/sysinit.target.d/webstack.conf", verbatim("systemd/recover-at-boot.conf")),
    file("/etc/ssh/sshd_config.d/webstack.conf", sshd(debian), {
      mode: "0600",
      onChange: [{ verb: "reload", unit: "ssh.service" }],
    }),
    file("/etc/ssh/authorized_keys.d/deploy", sshKeys.map((key) => `${key}\n`).join("")),
    file("/etc/systemd/journald.conf.d/webstack.conf", verbatim("systemd/journald.conf"), {
      onChange: [{ verb: "restart", unit: "systemd-journald.service" }],
    }),
  ];
}

/** What OpenSSH of each release may agree on a key with, by ssh-audit's policies. */
const sshPolicies: Readonly<Record<DebianName, { readonly policy: string; readonly keyExchanges: readonly string[]; readonly macs: readonly string[] }>> = {
  // The policy has those alone that a quantum computer does not break. What brings bundles here, ssh2 and the engine's plugin for commands, know none of them.
  // https://github.com/mscdex/ssh2#client-methods
  "debian-13": {
    policy: '"Hardened Debian 13 (version 1)", and Curve25519 for clients that are older than it',
    keyExchanges: ["mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org"],
    macs: ["hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com", "umac-128-etm@openssh.com"],
  },
  "debian-12": {
    policy: '"Hardened Debian 12 (version 3)"',
    keyExchanges: [
      ...["sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org"],
      ...["diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512", "diffie-hellman-group-exchange-sha256"],
    ],
    macs: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "umac-128-etm@openssh.com"],
  },
};

function sshd(debian: DebianName): string {
  const { policy, keyExchanges, macs } = sshPolicies[debian];
  return render("ssh/sshd.conf", { policy, keyExchanges: keyExchanges.join(","), macs: macs.join(",") });
}

/** Checks that every host runs after its files were written. */
export const commonChecks: readonly ManifestCheck[] = [{ below: "/etc/ssh/", command: ["/usr/sbin/sshd", "-t"] }, ...hardeningChecks];

function hostctlFiles(stack: string): ManifestFile[] {
  const names = readdirSync(hostctl, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".py") && !name.startsWith("tests/") && name !== receiver);
  const modules = names.sort().map((name) => file(`${hostctlFolder}${name}`, readFileSync(join(hostctl, name), "utf8")));
  return [
    file("/usr/local/bin/hostctl", render("bin/hostctl", { stack }), { mode: "0755" }),
    ...modules,
    // By which a copy is known to be whole, see bin/hostctl.
    file(`${hostctlFolder}SHA256SUMS`, modules.map(({ path, sha256 }) => `${sha256}  ${path.slice(hostctlFolder.length)}\n`).join("")),
  ];
}
