import assert from "node:assert/strict";
import type { Fault } from "./fault";

/** What hostctl, the app and the logs write to, on one small disk for a while. */
const folders = ["srv/webstack", "var/lib/webstack", "var/log"];

export const diskFull: Fault = {
  name: "disk full",
  how: "/srv/webstack, /var/lib/webstack and /var/log on one file system of memory, filled to its last byte",
  fails: "none",
  async run(site) {
    const before = await site.release();
    const used = Number((await site.run(`du -cms ${folders.map((folder) => `/${folder}`).join(" ")} | tail -1`)).split("\t")[0]);
    await site.run(`mkdir -p /mnt/disk && mount -t tmpfs -o size=${used + 300}M,nr_inodes=0 tmpfs /mnt/disk`);
    for (const folder of folders)
      await site.run(
        `mkdir -p /mnt/disk/${folder} && cp -a /${folder}/. /mnt/disk/${folder}/ && mount --bind /mnt/disk/${folder} /${folder}`,
      );
    try {
      await site.run(
        "dd if=/dev/zero of=/mnt/disk/filler bs=1M 2>/dev/null; dd if=/dev/zero of=/mnt/disk/filler2 bs=1 2>/dev/null; test $(df " +
          "--output=avail /mnt/disk | tail -1) -eq 0",
      );
      const style = ["site.css", "shop.static.shop", `${site.source("shop/static/shop/site.css")}\n/* larger */\n`] as const;
      const release = await site.update(style);
      assert.equal(release.code, 1);
      assert.match(release.stderr, /free for the release, got|No space left on device/);
      assert.doesNotMatch(release.stderr, /Traceback/);
      const backup = await site.attempt("hostctl backup");
      assert.equal(backup.code, 1);
      assert.match(backup.stderr, /free for the backup, got|No space left on device|webstack-backup\.service: failed/);
      assert.equal(await site.release(), before);
      assert.deepEqual([await site.status("products"), await site.status("healthz")], [200, 200]);

      await site.run("rm /mnt/disk/filler /mnt/disk/filler2");
      const next = await site.update(style);
      assert.deepEqual([next.code, next.stderr], [0, ""]);
      await site.run("hostctl backup && hostctl rollback");
      assert.equal(await site.release(), before);
    } finally {
      await site.run(`umount -l ${folders.map((folder) => `/${folder}`).join(" ")} /mnt/disk && systemctl reset-failed`);
    }
    // Nothing that runs may have its folder on the disk that is gone.
    await site.run("systemctl restart systemd-journald && hostctl restart");
    return "release and backup exit with 1 and say why; the old release serves; both work once there is room";
  },
};
