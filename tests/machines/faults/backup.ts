import assert from "node:assert/strict";
import type { Fault } from "./fault";
import type { FaultSite } from "./site";

const backups = async (site: FaultSite) =>
  (JSON.parse(await site.run("hostctl backups --json")) as { backups: { id: string }[] }).backups.map(({ id }) => id);

export const backupTargetDown: Fault = {
  name: "backup target down",
  how: "no route to the machine that keeps the backups",
  fails: "none",
  async run(site) {
    const before = await backups(site);
    await site.run(`ip route add blackhole ${site.backupAddress}/32`);
    try {
      const { code, stderr } = await site.attempt("hostctl backup");
      assert.equal(code, 1);
      assert.match(stderr, /hostctl: webstack-backup\.service: failed\n/);
      assert.equal(await site.property("webstack-backup.service", "ActiveState"), "failed");
    } finally {
      await site.run(`ip route del blackhole ${site.backupAddress}/32`);
    }
    assert.deepEqual(await backups(site), before);
    await site.run("hostctl backup");
    const after = await backups(site);
    assert.deepEqual(after.slice(1), before);
    return "failed unit, exit code 1; every older backup is there, the next one works";
  },
};
