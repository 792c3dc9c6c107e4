import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault";
import type { Sample } from "./traffic";
import { postgresUnit } from "../postgresUnit";

const stop = `systemctl stop ${postgresUnit()}`;
const start = `systemctl start ${postgresUnit()}`;

/** Pages that need the database say so, and say it soon. */
function refusedSoon(samples: readonly Sample[]): void {
  assert.deepEqual([...new Set(samples.map(({ status }) => status))].sort(), [200, 503]);
  const longest = Math.max(...samples.map(({ took }) => took));
  assert.ok(longest < 5000, `a request waited ${longest} ms`);
}

export const databaseStopped: Fault = {
  name: "database stopped and back",
  how: "systemctl stop of PostgreSQL, 10 s, start",
  fails: "some",
  seconds: 30,
  judge: refusedSoon,
  async run(site) {
    await site.database(stop);
    await sleep(10_000);
    assert.deepEqual([await site.status("livez"), await site.status("healthz"), await site.status("products")], [200, 503, 503]);
    await site.database(start);
    const seconds = await site.normal(5);
    return `503 with Retry-After, /livez 200; ready ${seconds.toFixed(1)} s after it was back`;
  },
};

/** The harder way to be away: no answer at all, instead of a refusal. */
export function databaseAway(seconds: number): Fault {
  return {
    name: `database away for ${seconds} s`,
    how: "its machine drops every packet from the web machine, on connections that are open, too",
    fails: "some",
    seconds: seconds + 15,
    judge: refusedSoon,
    async run(site) {
      const unit = await site.unit();
      const [master, restarts] = [await site.property(unit, "MainPID"), await site.property(unit, "NRestarts")];
      await site.database(
        `nft "add table inet fault; add chain inet fault in { type filter hook input priority -10; }; add rule inet fault in ip ` +
          `saddr ${site.address} drop"`,
      );
      let live = 0;
      let asked = 0;
      try {
        const end = Date.now() + seconds * 1000;
        await sleep(4000);
        while (Date.now() < end) {
          asked += 1;
          if ((await site.status("livez")) === 200) live += 1;
          assert.equal(await site.status("products"), 503);
          await sleep(1000);
        }
      } finally {
        await site.database("nft delete table inet fault");
      }
      const back = await site.normal(5, "products");
      const ready = back + (await site.normal(5));
      assert.equal(live, asked);
      assert.deepEqual([await site.property(unit, "MainPID"), await site.property(unit, "NRestarts")], [master, restarts]);
      return (
        `503 within 5 s, /livez 200 ${live} of ${asked} times, no process restarted; ready ${ready.toFixed(1)} s after its return, ` +
        "nothing by hand"
      );
    },
  };
}

const slowMigration = (depends: string) => `from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "${depends}")]
    operations = [migrations.RunSQL("set local statement_timeout = 0; select pg_sleep(4); create table slow (id int)", "drop table slow")]
`;

export const databaseGoneDuringMigrate: Fault = {
  name: "database gone during migrate",
  how: "PostgreSQL killed while the migration of a release runs",
  fails: "some",
  seconds: 30,
  judge: refusedSoon,
  async run(site) {
    const before = await site.release();
    const file = ["0003_slow.py", "shop.migrations", slowMigration("0002_menu")] as const;
    const releasing = site.update(file);
    for (
      let left = 200;
      (await site.superuser(
        "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(4)%' and pid <> pg_backend_pid()",
      )) === "0";
      left -= 1
    ) {
      assert.ok(left > 0, "the migration never ran");
      await sleep(100);
    }
    await site.database(`systemctl kill --signal=KILL ${postgresUnit()}`);
    const { code, stderr } = await releasing;
    assert.equal(code, 1);
    assert.match(stderr, /Database-upgrading: `python manage\.py migrate --noinput` ended with 1/);
    assert.equal(await site.release(), before);
    await site.database(`systemctl reset-failed ${postgresUnit()}; ${start}`);
    await site.normal(10);
    assert.equal(await site.superuser("select count(*) from pg_class where relname = 'slow'"), "0");
    const next = await site.update(file);
    assert.deepEqual([next.code, next.stderr], [0, ""]);
    assert.notEqual(await site.release(), before);
    await site.run("hostctl rollback --down");
    return "the release exits with 1 and names the step; the old one serves; the next one works";
  },
};
