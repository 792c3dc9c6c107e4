import { stringify } from "yaml";
import { verbatim } from "./render";

const rsaHostKey =
  "test -f /etc/ssh/ssh_host_rsa_key || ssh-keygen -q -t rsa -b 4096 -N '' -C '' -f /etc/ssh/ssh_host_rsa_key; systemctl try-reload-or-restart ssh.service";

const contact = "/run/webstack-contact";

/**
 * First boot only: the deploy user, a firewall that lets SSH in and nothing else, and the folder where bundles arrive.
 * Without a token it depends on the stack's key alone, because a changed one means another machine.
 * https://cloudinit.readthedocs.io/en/22.4/reference/modules.html
 * @param token what the machine proves its SSH host key with, see contact.ts; none where that key is read from its own disk
 */
export function userData(sshPublicKey: string, token?: string): string {
  const prove = token === undefined ? { files: [], commands: [] } : provingHostKey(token);
  const document = {
    // Debian's minimal images have no update-locale, which any other locale would need.
    locale: "C.UTF-8",
    ssh_pwauth: false,
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
    write_files: [{ path: "/etc/nftables.conf", owner: "root:root", permissions: "0755", content: verbatim("firewall/first-boot.nft") }, ...prove.files],
    runcmd: [
      // Seconds of work that nobody need wait for: until it is there, SSH proves itself with the other key.
      ["systemd-run", "--no-block", "--quiet", "--unit=ssh-rsa-host-key", "sh", "-c", rsaHostKey],
      // Groups below 3072 bits: what the Logjam attack is about. https://weakdh.org
      ["sh", "-c", "awk '$5 >= 3071' /etc/ssh/moduli > /etc/ssh/moduli.safe && mv /etc/ssh/moduli.safe /etc/ssh/moduli"],
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
