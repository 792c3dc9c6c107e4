import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault";

/** hostctl as it is on the machine, with another answer of the one call that tells it the time. */
const elsewhen = `import runpy, sys, time
real, offset = time.time, float(sys.argv.pop(1))
time.time = lambda: real() + offset
runpy.run_path("/usr/local/lib/webstack/hostctl/__main__.py", run_name="__main__")
`;
const days = 86400;

/** Machines of one box share its clock, so it is hostctl alone that is shown another one; a timer's clock jumps by its stamp. */
export const clockJump: Fault = {
  name: "clock jump",
  how: "hostctl told a time 75 days ahead and two days back; the stamps of a timer two years back, then two years ahead",
  fails: "none",
  async run(site) {
    await site.run("cat > /opt/elsewhen.py", elsewhen);
    const at = (offset: number, words: string) => `python3 -I /opt/elsewhen.py ${offset} ${words}`;
    const status = async (offset: number) => {
      const { code, stdout } = await site.attempt(at(offset, "status --json"));
      const { certificate, backup } = JSON.parse(stdout) as {
        certificate: { daysLeft: number; fault: string | null };
        backup: { stale: boolean };
      };
      return [code, certificate.daysLeft, certificate.fault?.replace(/;.*/, "") ?? null, backup.stale];
    };
    assert.deepEqual(await status(0), [0, 89, null, false]);
    assert.deepEqual(await status(75 * days), [1, 14, "must have been renewed by now", true]);
    // A backup that is ahead of the clock is not taken for a fresh one.
    assert.deepEqual(await status(-2 * days), [0, 91, null, true]);

    // A release that believes itself older than the one before it is the newest all the same.
    const before = await site.release();
    await site.run(
      "rm -rf /opt/update && mkdir /opt/update && cat > /opt/update/site.css",
      `${site.source("shop/static/shop/site.css")}\n/* another time */\n`,
    );
    await site.run("cat > /opt/update/controller.ini", "[heavy]\nsite.css = shop.static.shop\n");
    await site.run(at(-2 * days, "update /opt/update"));
    const after = await site.release();
    assert.notEqual(after, before);
    await site.run(at(75 * days, "rollback"));
    assert.equal(await site.release(), before);
    assert.equal((await site.attempt("hostctl verify")).code, 0);

    const runs = () => site.run("journalctl -u update-city-001.service --no-pager -o cat | grep -c Finished || true").then(Number);
    const touched = async (when: string) => {
      const earlier = await runs();
      await site.run(
        `systemctl stop update-city-001.timer && touch -d '${when}' /var/lib/systemd/timers/stamp-update-city-001.timer && ` +
          "systemctl start update-city-001.timer",
      );
      await sleep(5000);
      await site.run("systemctl restart update-city-001.timer");
      await sleep(2000);
      return (await runs()) - earlier;
    };
    assert.equal(await touched("2 years ago"), 1);
    assert.equal(await touched("2 years"), 0);
    assert.ok(
      Number(await site.run('date -d "$(systemctl show update-city-001.timer -p NextElapseUSecRealtime --value)" +%s')) -
        Date.now() / 1000 <
        2 * 86400,
    );
    return (
      "`hostctl status` exits with 1 for a certificate that is late by then, and takes no backup that is ahead for a fresh one; " +
      "releases keep their order; a missed job runs once, none twice"
    );
  },
};
