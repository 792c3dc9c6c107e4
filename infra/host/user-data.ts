import { stringify } from "yaml";
import type { DebianName } from "../config/catalog/debian";
import { verbatim } from "./render";

const rsaHostKey =
  "test -f /etc/ssh/ssh_host_rsa_key || ssh-keygen -q -t rsa -b 4096 -N '' -C '' -f /etc/ssh/ssh_host_rsa_key; systemctl " +
  "try-reload-or-restart ssh.service";

const contact = "/run/webstack-contact";

/**
 * How SSH takes keys alone from its first moment on. Told by its own key for it, cloud-init restarts a server that somebody may be logging
 * in to already, which OpenSSH 10 ends in the middle; a file is there before the server is. The user-data of Debian 12 stays as it is,
 * since another would replace machines.
 */
const firstSsh = {
  "debian-13": {
    settings: {},
    files: [
      { path: "/etc/ssh/sshd_config.d/50-keys-only.conf", owner: "root:root", permissions: "0600", content: "PasswordAuthentication no\n" },
    ],
    commands: [],
  },
  "debian-12": {
    settings: { ssh_pwauth: false },
    files: [],
    // Groups below 3072 bits: what the Logjam attack is about. https://weakdh.org
    commands: [["sh", "-c", "awk '$5 >= 3071' /etc/ssh/moduli > /etc/ssh/moduli.safe && mv /etc/ssh/moduli.safe /etc/ssh/moduli"]],
  },
} as const;

/**
 * First boot only: the deploy user, a firewall that lets SSH in and nothing else, and the folder where bundles arrive.
 * Without a token it depends on the stack's key alone, because a changed one means another machine.
 * https://cloudinit.readthedocs.io/en/22.4/reference/modules.html
 * @param token what the machine proves its SSH host key with, see contact.ts; none where that key is read from its own disk
 */
export function userData(sshPublicKey: string, debian: DebianName, token?: string): string {
  const first = firstSsh[debian];
  const prove = token === undefined ? { files: [], commands: [] } : provingHostKey(token);
  const document = {
    // Debian's minimal images have no update-locale, which any other locale would need.
    locale: "C.UTF-8",
    ...first.settings,
    disable_root: true,
    // RSA below, as long as ssh-audit's policy wants it; cloud-init 22.4 cannot say how long.
    ssh_genkeytypes: ["ed25519"],
    users: [
      {
        name: "deploy",
        gecos: "webstack deployments",
        shell: "/bin/bash",
        lock_passwd: true,
        // A bundle may write any file, so whoever may deploy is root already.
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: [sshPublicKey],
      },
    ],
    write_files: [
      { path: "/etc/nftables.conf", owner: "root:root", permissions: "0755", content: verbatim("firewall/first-boot.nft") },
      ...first.files,
      ...prove.files,
    ],
    runcmd: [
      // Seconds of work that nobody need wait for: until it is there, SSH proves itself with the other key.
      ["systemd-run", "--no-block", "--quiet", "--unit=ssh-rsa-host-key", "sh", "-c", rsaHostKey],
      ...first.commands,
      ["systemctl", "enable", "--now", "nftables.service"],
      ["install", "-d", "-m", "0755", "/var/lib/webstack"],
      ["install", "-d", "-o", "deploy", "-g", "deploy", "-m", "0700", "/var/lib/webstack/inbox"],
      ...prove.commands,
    ],
  };
  return `#cloud-config\n${stringify(document)}`;
}

function provingHostKey(token: string) {
  const file = (name: string, content: string) => ({ path: `${contact}/${name}`, owner: "root:root", permissions: "0600", content });
  return {
    files: [file("token", token), file("prove-host-key", verbatim("ssh/prove-host-key"))],
    commands: [["python3", "-I", `${contact}/prove-host-key`]],
  };
}
