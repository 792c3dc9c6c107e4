import type { DebianName } from "../../config/catalog/debian";
import type { Feature } from "../feature";
import { file } from "../manifest";
import { render } from "../render";

/**
 * How people and releases log in. Whoever is named in access.sshKeys logs in to hosts that serve; to other machines the stack's own key
 * leads alone.
 */
export const ssh: Feature = ({ spec }, { role, debian }) => {
  const keys = role === "web" ? spec.access.sshKeys : [];
  return {
    files: [
      file("/etc/ssh/sshd_config.d/webstack.conf", sshd(debian), {
        mode: "0600",
        onChange: [{ verb: "reload", unit: "ssh.service" }],
      }),
      file("/etc/ssh/authorized_keys.d/deploy", keys.map((key) => `${key}\n`).join("")),
    ],
    checks: [{ below: "/etc/ssh/", command: ["/usr/sbin/sshd", "-t"] }],
  };
};

/** What OpenSSH of each release may agree on a key with, by ssh-audit's policies. */
const sshPolicies: Readonly<
  Record<DebianName, { readonly policy: string; readonly keyExchanges: readonly string[]; readonly macs: readonly string[] }>
> = {
  // The policy has those alone that a quantum computer does not break. What brings bundles here, ssh2 and the engine's plugin for commands,
  // know none of them.
  // https://github.com/mscdex/ssh2#client-methods
  "debian-13": {
    policy: '"Hardened Debian 13 (version 1)", and Curve25519 for clients that are older than it',
    keyExchanges: [
      "mlkem768x25519-sha256",
      "sntrup761x25519-sha512",
      "sntrup761x25519-sha512@openssh.com",
      "curve25519-sha256",
      "curve25519-sha256@libssh.org",
    ],
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
