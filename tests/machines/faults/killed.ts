import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { groups, limit } from "../../../providers/nspawn/cgroup";
import { storedMachine } from "../../../providers/nspawn/store";
import type { Fault } from "./fault";
import type { FaultSite } from "./site";
import { PATIENCE, type Sample } from "./traffic";

const workers = async (site: FaultSite, unit: string) => (await site.run(`pgrep -P ${await site.property(unit, "MainPID")}`)).split("\n");

export const workerKilled: Fault = {
  name: "worker killed",
  how: "kill -9 of one gunicorn worker",
  fails: "none",
  async run(site) {
    const unit = await site.unit();
    const before = await workers(site, unit);
    await site.run(`kill -9 ${before[0]}`);
    await sleep(2000);
    const after = await workers(site, unit);
    assert.equal(after.length, before.length);
    assert.ok(!after.includes(before[0] ?? ""));
    assert.match(await site.run(`journalctl -u ${unit} --since -10s --no-pager`), /was sent SIGKILL/);
    return "journal: worker was sent SIGKILL; another one in its place";
  },
};

export const gunicornKilled: Fault = {
  name: "gunicorn killed",
  how: "kill -9 of its master; the socket keeps requests",
  fails: "none",
  async run(site) {
    const unit = await site.unit();
    const [master, restarts] = [await site.property(unit, "MainPID"), Number(await site.property(unit, "NRestarts"))];
    await site.run(`kill -9 ${master}`);
    await sleep(3000);
    assert.notEqual(await site.property(unit, "MainPID"), master);
    assert.equal(Number(await site.property(unit, "NRestarts")), restarts + 1);
    return "`hostctl status`: one restart more";
  },
};

const nginxWorkers = async (site: FaultSite) => (await site.run("pgrep -f '^nginx: worker process$'")).split("\n");

export const nginxKilled: Fault = {
  name: "nginx killed",
  how: "kill -9 of its master",
  fails: "none",
  async run(site) {
    const [restarts, old] = [Number(await site.property("nginx.service", "NRestarts")), await nginxWorkers(site)];
    await site.run("kill -9 $(systemctl show nginx.service -p MainPID --value)");
    await sleep(3000);
    assert.equal(Number(await site.property("nginx.service", "NRestarts")), restarts + 1);
    const now = await nginxWorkers(site);
    assert.equal(now.length, old.length);
    assert.ok(!now.some((pid) => old.includes(pid)));
    return "systemd: nginx.service one restart more; new connections waited, its workers finished what they had";
  },
};

/** The harder way: connections that the workers have are lost with them, and whoever opens one afterwards only waits. */
export function nginxAllKilled(): Fault {
  let killed = 0;
  return {
    name: "all of nginx killed",
    how: "kill -9 of its master and its workers",
    fails: "some",
    seconds: 1,
    judge(samples) {
      const lost = samples.filter(
        ({ sent, status, connection }) => connection === "none" || (connection === "new" && status !== 200 && sent > killed),
      );
      assert.deepEqual(lost, [], `${lost.length} requests failed that did not come by a connection of a worker`);
    },
    async run(site) {
      const restarts = Number(await site.property("nginx.service", "NRestarts"));
      killed = Number(await site.run("systemctl kill --kill-who=all --signal=KILL nginx.service && date +%s%3N"));
      await sleep(3000);
      assert.equal(Number(await site.property("nginx.service", "NRestarts")), restarts + 1);
      return "systemd: nginx.service one restart more; what failed came by connections of its workers, new ones waited";
    },
  };
}

/** nginx writes its log each five seconds, or when it is told to open it anew. http://nginx.org/en/docs/control.html */
async function flushed(site: FaultSite): Promise<void> {
  await site.run("systemctl kill --kill-who=main --signal=USR1 nginx.service");
  await sleep(500);
}

export const nginxHung: Fault = {
  name: "nginx hung",
  how: "SIGSTOP of its master and its workers; systemd calls it active",
  fails: "some",
  // Three times three seconds and what is between them, once more to be sure, and the patience of who came last.
  seconds: 21 + PATIENCE,
  async run(site) {
    const unit = await site.unit();
    const [service, restarts] = [await site.property(unit, "MainPID"), await site.property(unit, "NRestarts")];
    const [nginx, visits] = [
      await site.property("nginx.service", "MainPID"),
      () => site.run("grep -c '\"hostctl\"$' /var/log/nginx/access.log || true"),
    ];
    await flushed(site);
    const before = await visits();
    const began = Date.now();
    await site.run("systemctl kill --kill-who=all --signal=STOP nginx.service");
    assert.equal(await site.property("nginx.service", "ActiveState"), "active");
    const status = await site.attempt("hostctl status");
    assert.deepEqual([status.code, /^HANGS .*$/gm.exec(status.stdout)?.[0].split(" ").filter(Boolean)[1]], [1, "nginx"]);
    await site.normal(40);
    const seconds = (Date.now() - began) / 1000;
    assert.notEqual(await site.property("nginx.service", "MainPID"), nginx);
    // None is left behind with the requests that it had.
    assert.equal(await site.run("ps -C nginx -o stat= | grep -c ^T || true"), "0");
    // The service behind it was none of the matter.
    assert.deepEqual(
      [await site.unit(), await site.property(unit, "MainPID"), await site.property(unit, "NRestarts")],
      [unit, service, restarts],
    );
    assert.match(
      await site.run("journalctl -u webstack-watchdog.service --since -60s --no-pager -o cat"),
      /^nginx: no answer 3 times in a row; restarting it$/m,
    );
    assert.equal((await site.attempt("hostctl status")).stdout.includes("HANGS"), false);
    await flushed(site);
    assert.equal(await visits(), before);
    return (
      `\`hostctl status\` exits with 1: nginx hangs; the watchdog restarted it, ready ${seconds.toFixed(0)} s later, the service ` +
      "behind it as it was"
    );
  },
};

export const machineKilled: Fault = {
  name: "machine killed",
  how: "every process of the web machine ended at once; booted again after 2 s",
  fails: "some",
  seconds: 120,
  async run(site) {
    const release = await site.release();
    await site.cutPower();
    await sleep(2000);
    assert.equal(await site.status("healthz"), 0);
    await site.boot();
    await site.normal(60);
    assert.equal(await site.release(), release);
    assert.equal(await site.run("systemctl --failed --no-legend | wc -l"), "0");
    assert.equal((await site.attempt("hostctl verify")).code, 0);
    return "no answer; after the boot no failed unit, as declared";
  },
};

// Codes of k6: an HTTP/2 stream that the server reset with INTERNAL_ERROR, and a request that waited for too long.
// https://grafana.com/docs/k6/latest/javascript-api/error-codes/
const [BROKEN_OFF, TIMED_OUT] = [1633, 1050];

/** A machine that has little memory left, and a page that wants it all. The limit is the machine's own, set from outside. */
export const outOfMemory: Fault = {
  name: "out of memory",
  how: "a page that allocates without end, in a machine with 150 MiB left",
  fails: "some",
  seconds: 10,
  judge(samples) {
    const failed = samples.filter(({ status }) => status !== 200);
    const told = JSON.stringify(failed.map(({ status, took, connection, error }) => [status, took, connection, error]));
    assert.ok(failed.length <= 16, `${failed.length} requests failed: ${told}`);
    // What the worker that died had in its threads, and nothing else: one whose answer had begun breaks off, and on a busy box it can take
    // longer to die than a visitor waits.
    const inItsThreads = ({ status, took, error }: Sample): boolean =>
      status === 502 || error === BROKEN_OFF || (error === TIMED_OUT && took >= PATIENCE * 1000);
    assert.deepEqual(
      failed.filter((sample) => !inItsThreads(sample)),
      [],
      told,
    );
  },
  async run(site) {
    const stored = storedMachine(site.machine);
    const memory = groups(site.machine).find(({ kind }) => kind === "memory");
    if (stored === undefined || memory === undefined) throw new Error("needs control groups of version 1 with memory");
    const unit = await site.unit();
    const [master, before] = [await site.property(unit, "MainPID"), await workers(site, unit)];
    // What it may not drop: pages of files would be given back.
    writeFileSync(`${memory.folder}/memory.force_empty`, "0");
    const used = Number(readFileSync(`${memory.folder}/memory.usage_in_bytes`, "utf8")) >> 20;
    limit(site.machine, used + 150, stored.cpus);
    try {
      // Not GET, which nginx would hand to a second worker when the first one dies.
      assert.equal(await site.status("eat", "POST"), 502);
      await sleep(1500);
    } finally {
      limit(site.machine, stored.memoryMiB, stored.cpus);
    }
    const after = await workers(site, unit);
    assert.equal(await site.property(unit, "MainPID"), master);
    assert.equal(after.length, before.length);
    const killed = before.filter((pid) => !after.includes(pid)).length;
    // The kernel takes a second one when the first takes longer than a second to give its memory back.
    assert.ok(killed === 1 || killed === 2, `${killed} of ${before.length} workers were killed`);
    assert.equal(await site.property(unit, "OOMPolicy"), "continue");
    assert.match(await site.run(`journalctl -u ${unit} --since -20s --no-pager`), /was sent SIGKILL! Perhaps out of memory\?/);
    return `journal: ${killed} of ${before.length} workers sent SIGKILL, perhaps out of memory; the others and the master went on`;
  },
};
