import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { hardeningChecks, hardeningFiles } from "./hardening";
import { file, type ManifestCheck, type ManifestFile } from "./manifest";
import { render, verbatim } from "./render";

const hostctl = join(__dirname, "..", "..", "hostctl");

/** Files that every host has: hostctl itself and its recovery at boot, SSH, the journal's limits, what hardening.ts has. */
export function commonFiles(sshKeys: readonly string[]): readonly ManifestFile[] {
  return [
    ...hostctlFiles(),
    ...hardeningFiles,
    file("/etc/systemd/system/webstack-recover.service", render("systemd/webstack-recover.service", { sandbox: verbatim("systemd/sandbox.conf") })),
    file("/etc/systemd/system/sysinit.target.d/webstack.conf", verbatim("systemd/recover-at-boot.conf")),
    file("/etc/ssh/sshd_config.d/webstack.conf", verbatim("ssh/sshd.conf"), {
      mode: "0600",
      onChange: [{ verb: "reload", unit: "ssh.service" }],
    }),
    file("/etc/ssh/authorized_keys.d/deploy", sshKeys.map((key) => `${key}\n`).join("")),
    file("/etc/systemd/journald.conf.d/webstack.conf", verbatim("systemd/journald.conf"), {
      onChange: [{ verb: "restart", unit: "systemd-journald.service" }],
    }),
  ];
}

/** Checks that every host runs after its files were written. */
export const commonChecks: readonly ManifestCheck[] = [{ below: "/etc/ssh/", command: ["/usr/sbin/sshd", "-t"] }, ...hardeningChecks];

function hostctlFiles(): ManifestFile[] {
  const names = readdirSync(hostctl).filter((name) => name.endsWith(".py") && name !== "receive.py");
  const modules = names.sort().map((name) => file(`/usr/local/lib/webstack/hostctl/${name}`, readFileSync(join(hostctl, name), "utf8")));
  return [
    file("/usr/local/bin/hostctl", verbatim("bin/hostctl"), { mode: "0755" }),
    ...modules,
    // By which a copy is known to be whole, see bin/hostctl.
    file("/usr/local/lib/webstack/hostctl/SHA256SUMS", modules.map(({ path, sha256 }) => `${sha256}  ${basename(path)}\n`).join("")),
  ];
}
