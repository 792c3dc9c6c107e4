import type { Feature } from "../feature";
import { file } from "../manifest";
import { render } from "../render";

/** The user that owns the repository on the backup machine; SFTP is all it may do there. */
export const backupUser = "webstack-backup";

/** restic's name of the repository on the backup machine; ssh knows the host's address, key and user by that name. */
export const backupMachineRepository = "sftp:webstack-backup:/repository";

/** A folder for the repository, and SFTP in it for the web hosts. */
export const backupStore: Feature = () => ({
  files: [
    file("/etc/tmpfiles.d/webstack-backup.conf", render("systemd/backup.tmpfiles", { user: backupUser })),
    file("/etc/ssh/sshd_config.d/webstack-backup.conf", render("ssh/sftp.conf", { user: backupUser }), {
      mode: "0600",
      onChange: [{ verb: "reload", unit: "ssh.service" }],
    }),
  ],
});

/** How ssh on the web host finds the backup machine: the one key that it may show, no other login than this. */
export function backupLogin(address: string): string {
  return render("ssh/backup.conf", { address, user: backupUser });
}
