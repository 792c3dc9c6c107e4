import type { Feature } from "../feature";
import { file, type ManifestAction, type ManifestCheck, type ManifestFile } from "../manifest";
import { render, verbatim } from "../render";

const units = "/etc/systemd/system";
const permissions = "/etc/tmpfiles.d/webstack-permissions.conf";

/**
 * Of every host: security updates by themselves, Debian's files against their checksums, a record of the others, folders in /tmp of
 * one's own, and a strong password where somebody sets one for a console.
 * Never apt-listbugs, which ends every unattended installation when it reaches no bug server.
 */
export const hardeningPackages = ["aide", "debsums", "libpam-passwdqc", "libpam-tmpdir", "unattended-upgrades"] as const;

/** Timers that bring the updates, and the one that looks at the files. */
const timers = ["apt-daily.timer", "apt-daily-upgrade.timer", "webstack-integrity.timer"];

/** Settings of the kernel, of logins and of updates that every host has; docs/hardening.md says what each is worth. */
const files: readonly ManifestFile[] = [
  settings("/etc/sysctl.d/90-webstack.conf", "sysctl.conf", { onChange: restart("systemd-sysctl.service") }),
  settings("/etc/modprobe.d/webstack.conf", "modules.conf"),
  settings("/etc/security/limits.d/webstack.conf", "limits.conf"),
  settings("/etc/systemd/coredump.conf.d/webstack.conf", "coredump.conf"),
  settings("/etc/profile.d/webstack.sh", "profile.sh"),
  settings("/etc/login.defs", "login.defs"),
  settings("/etc/issue", "issue"),
  settings("/etc/issue.net", "issue"),
  settings(permissions, "permissions.tmpfiles"),
  settings("/etc/apt/apt.conf.d/60webstack", "apt.conf"),
  settings(`${units}/apt-daily-upgrade.timer.d/webstack.conf`, "upgrade-timer.conf", { onChange: restart("apt-daily-upgrade.timer") }),
  settings(`${units}/unattended-upgrades.service.d/webstack.conf`, "no-shutdown-helper.conf", {
    onChange: restart("unattended-upgrades.service"),
  }),
  settings("/etc/aide/aide.conf", "aide.conf", { mode: "0600" }),
  settings("/usr/local/lib/webstack/integrity", "integrity.sh", { mode: "0755" }),
  file(`${units}/webstack-integrity.service`, render("systemd/webstack-integrity.service", { sandbox: verbatim("systemd/sandbox.conf") })),
  file(`${units}/webstack-integrity.timer`, verbatim("systemd/webstack-integrity.timer"), {
    onChange: restart("webstack-integrity.timer"),
  }),
];

/** Modes are set before the next boot, too. */
const checks: readonly ManifestCheck[] = [{ below: permissions, command: ["/usr/bin/systemd-tmpfiles", "--create", permissions] }];

export const hardening: Feature = () => ({ packages: hardeningPackages, files, checks, units: timers });

function settings(
  path: string,
  template: string,
  options: { readonly mode?: string; readonly onChange?: readonly ManifestAction[] } = {},
): ManifestFile {
  return file(path, verbatim(`hardening/${template}`), options);
}

function restart(unit: string): readonly ManifestAction[] {
  return [{ verb: "restart", unit }];
}
