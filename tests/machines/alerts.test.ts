/**
 * Alerts, watchdog, disk guard, log rotation, Sentry and NRPE on real machines. Limit: mail server, webhook and Sentry are sinks without
 * TLS.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { ask, awaitOk } from "./http";
import { underLoad } from "./load";
import { testAtNight } from "./rows";
import { MailSink, PostSink } from "./sinks";
import { run, TestStack } from "./stack";
import { Stranger } from "./stranger";
import { postgresUnit } from "./postgresUnit";

jest.setTimeout(90_000);

const stack = new TestStack("alerts", "10.84.15.0/24", "examples/bitcoin/Pulumi.bitcoin.yaml");
const gateway = "10.84.15.1";
const web = "10.84.15.10";
const database = { address: "10.84.15.30" };
const mailbox = new MailSink();
const webhook = new PostSink();
const sentry = new PostSink();
const hook = "/hooks/T0-marker-of-the-webhook";
const token = "marker-of-the-sentry-token";
let site = "";

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** What the webhook has been told since the last call, such as "begins: web failed", once so many messages have come. */
let told = 0;
async function news(awaited = 0): Promise<readonly string[]> {
  for (let left = 120; left > 0 && webhook.posts.length - told < awaited; left -= 1) await pause(0.25);
  const events = webhook.posts.slice(told).flatMap(({ body }) => body["events"] as { kind: string; text: string }[]);
  told = webhook.posts.length;
  return events.map(({ kind, text }) => `${kind}: ${text}`);
}

/** Has the host look at itself now; its timer does it every minute. */
const look = () => stack.remote("sudo systemctl start webstack-watch.service");

interface Status {
  readonly limits: readonly { readonly unit: string; readonly memoryMax: number | null; readonly tasksMax: number | null }[];
  readonly alerts: {
    readonly conditions: readonly { id: string; text: string }[];
    readonly undelivered: readonly { channel: string; waiting: number }[];
  };
}

async function status(): Promise<readonly [number, Status]> {
  const { code, stdout } = await stack.ssh("sudo hostctl status --json");
  return [code, JSON.parse(stdout) as Status];
}

beforeAll(async () => {
  await stack.init({
    services: {
      api: { kind: "asgi", module: "api.main:app", workers: 2, path: "/api/", port: 8001, drainSeconds: 3, health: { live: "/api/livez" } },
      web: {
        kind: "wsgi",
        module: "analyzer.wsgi:application",
        workers: 2,
        threads: 8,
        path: "/",
        after: ["api"],
        drainSeconds: 3,
        health: { live: "/livez" },
      },
    },
    jobs: { broken: { run: "sh -c 'echo the last words; exit 7'", schedule: "*-01-01 00:00:00" } },
    backup: { enabled: true },
    monitoring: {
      emails: ["ops@shop.test", "night@shop.test"],
      smtp: { host: gateway, port: 8425, tls: "none", from: "alerts@shop.test" },
      sentry: { organization: "shop", project: "site", url: `http://${gateway}:8426` },
      nrpe: { allowedHosts: [`${gateway}/32`] },
    },
  });
  for (const [name, value] of [
    ["backupPassword", "a-password-of-backups"],
    ["alertWebhook", `http://${gateway}:8427${hook}`],
    ["sentryToken", token],
  ] as const) {
    await stack.pulumi(["config", "set", "--secret", name], value);
  }
  await stack.mustUp();
  site = (await stack.outputs()).siteUrl;
}, 600_000);

afterAll(async () => {
  await Promise.all([mailbox.close(), webhook.close(), sentry.close()]);
  await stack.down();
}, 120_000);

describe("channels", () => {
  test("what they do not take waits, shows in status with exit code 1, and arrives once they do", async () => {
    await look();
    const [code, before] = await status();
    expect([code, before.alerts.undelivered.map(({ channel }) => channel)]).toEqual([1, ["mail", "webhook"]]);
    expect((await stack.ssh("sudo hostctl status")).stdout).toMatch(
      /^UNTOLD {2}\d+ alerts wait for mail since \S+, tried \d+ times: 10\.84\.15\.1:8425: .*refused/m,
    );

    await Promise.all([mailbox.listen(gateway, 8425), webhook.listen(gateway, 8427), sentry.listen(gateway, 8426)]);
    await look();
    const [after, { alerts }] = await status();
    expect([after, alerts.undelivered]).toEqual([0, []]);
    // No Sentry was there when the first release was announced.
    expect(await news()).toContainEqual(
      expect.stringMatching(/^happened: release [0-9a-f]{16} serves, and could not be announced to Sentry: 10\.84\.15\.1:8426: .*refused/),
    );
    expect(mailbox.mails).toEqual([
      {
        from: "alerts@shop.test",
        to: ["ops@shop.test", "night@shop.test"],
        text: expect.stringContaining("could not be announced to Sentry"),
      },
    ]);
  });

  test("a test message goes through both", async () => {
    expect(await stack.remote("sudo hostctl notify")).toBe("mail: taken\nwebhook: taken");
    expect(await news()).toEqual(["happened: a test: alerts of this host arrive"]);
    expect(mailbox.mails.at(-1)?.text).toMatch(/^Subject: \[webstack test-alerts web-0\] happened: a test: alerts of this host arrive$/m);
    expect(webhook.posts.at(-1)).toMatchObject({
      path: hook,
      body: { text: "[webstack test-alerts web-0] happened: a test: alerts of this host arrive", host: "web-0", stack: "test-alerts" },
    });
  });

  test("their secrets are in one file, for root alone", async () => {
    expect(await stack.remote("sudo stat -c '%U:%G %a' /etc/webstack/monitoring-secrets")).toBe("root:root 600");
    const found = await stack.ssh("sudo grep -rlEf - /etc /srv/webstack /var/lib/webstack /var/log /run/webstack /usr/local", {
      stdin: `T0-marker|${token}\n`,
    });
    expect(found.stdout.trim()).toBe("/etc/webstack/monitoring-secrets");
    expect(
      (await stack.ssh("cat > patterns; sudo journalctl -o cat | grep -cEf patterns", { stdin: `T0-marker|${token}\n` })).stdout.trim(),
    ).toBe("0");
  });
});

describe("conditions", () => {
  test("a failed job is told at once with its last words, once however often it fails, and again when it is over", async () => {
    const before = mailbox.mails.length;
    expect((await stack.ssh("sudo systemctl start broken")).code).toBe(1);
    expect(await news(1)).toEqual([expect.stringMatching(/^begins: broken\.service failed\n[^]*the last words/)]);
    await stack.ssh("sudo systemctl start broken");
    await look();
    expect(await news()).toEqual([]);
    expect(mailbox.mails.length).toBe(before + 1);
    expect((await status())[1].alerts.conditions).toMatchObject([{ id: "unit broken.service" }]);
    await stack.remote("sudo systemctl reset-failed broken");
    await look();
    expect(await news()).toEqual(["ends: broken.service failed"]);
    expect((await status())[1].alerts.conditions).toEqual([]);
  });

  test("drift is told with what differs", async () => {
    await stack.remote("echo '# by hand' | sudo tee -a /etc/logrotate.d/webstack > /dev/null");
    expect((await stack.ssh("sudo systemctl start webstack-drift.service")).code).toBe(1);
    expect(await news(1)).toEqual([
      expect.stringMatching(/^begins: webstack-drift\.service failed\n[^]*\/etc\/logrotate\.d\/webstack: has other content/),
    ]);
    await stack.remote("sudo sed -i '$d' /etc/logrotate.d/webstack && sudo systemctl start webstack-drift.service");
    await look();
    expect(await news()).toEqual(["ends: webstack-drift.service failed"]);
  });

  test("a backup and a drill that are overdue, and a disk that is nearly full, which a backup and a release are refused for before anything changes", async () => {
    await stack.remote(
      `sudo cp /var/lib/webstack/history.json /tmp/ && sudo sed -i -E 's/"at": "20[0-9]{2}/"at": "2020/' ` +
        "/var/lib/webstack/history.json && sudo touch -d 2020-01-01 /etc/webstack/backup-repository",
    );
    await stack.remote(
      "sudo mount -t tmpfs -o size=20m tmpfs /srv/webstack/shared/static && sudo fallocate -l 19M /srv/webstack/shared/static/full",
    );
    await look();
    expect(await news()).toEqual(
      expect.arrayContaining([
        "begins: the disk of /srv/webstack/shared/static has only 5% of its bytes free",
        expect.stringMatching(/^begins: there was no backup yet; its schedule allows 25\.0 hours$/),
        expect.stringMatching(/^begins: there was no drill yet; its schedule allows 169\.0 hours$/),
      ]),
    );

    const refused =
      /^hostctl: \/srv\/webstack\/shared\/static: must have \d+ bytes free for the release, got 1048576\nNothing was changed; make room/;
    const undo = "sudo ls /var/lib/webstack/undo.unfinished /var/lib/webstack/undo 2>/dev/null | wc -l; readlink /srv/webstack/current";
    const before = await stack.remote(undo);
    await stack.remote(
      "cd /tmp && mkdir -p source && echo x > source/requirements.txt && sudo tar czf " +
        "/var/lib/webstack/inbox/0123456789abcdef.tar.gz source",
    );
    const { code, stderr } = await stack.ssh("sudo hostctl release 0123456789abcdef");
    expect([code, stderr]).toEqual([1, expect.stringMatching(refused)]);
    expect(await stack.remote(undo)).toBe(before);
    const backup = await stack.ssh("sudo hostctl backup");
    expect([backup.code, backup.stderr]).toEqual([1, expect.stringMatching(/must have 134217728 bytes free for a backup, got 1048576/)]);
    expect(await news(1)).toEqual([expect.stringMatching(/^begins: webstack-backup\.service failed\n/)]);

    await stack.remote(
      "sudo umount /srv/webstack/shared/static && sudo mv /tmp/history.json /var/lib/webstack/history.json && sudo hostctl backup",
    );
    await look();
    expect((await news()).map((line) => line.split("\n")[0])).toEqual(
      expect.arrayContaining([
        "ends: webstack-backup.service failed",
        expect.stringMatching(/^ends: there was no backup yet/),
        expect.stringMatching(/^ends: the disk of/),
      ]),
    );
    expect((await status())[1].alerts.conditions).toEqual([]);
  });

  test("every unit has a limit of memory and one of tasks", async () => {
    const { limits } = (await status())[1];
    const services = limits.filter(
      ({ unit }) =>
        unit.endsWith(".service") &&
        !["apt-daily.service", "apt-daily-upgrade.service", "logrotate.service", "nftables.service"].includes(unit),
    );
    expect(services.map(({ unit }) => unit.replace(/@.*/, ""))).toEqual(
      expect.arrayContaining(["api", "web", "nginx.service", "broken.service", "webstack-backup.service", "webstack-watchdog.service"]),
    );
    expect(services.filter(({ memoryMax, tasksMax }) => memoryMax === null || tasksMax === null)).toEqual([]);
  });
});

test("log files are rotated by size, and nginx goes on in the new one", async () => {
  await stack.remote(
    "sudo fallocate -l 101M /var/log/nginx/access.log && sudo fallocate -l 11M /var/log/webstack/deploy_logs && sudo systemctl " +
      "start logrotate.service",
  );
  await ask(site);
  await pause(6);
  expect(
    await stack.remote(
      'sudo sh -c \'ls /var/log/nginx/access.log.1 /var/log/webstack/deploy_logs.1.gz; grep -c "GET / " ' +
        "/var/log/nginx/access.log; stat -c %U:%G:%a /var/log/nginx/access.log'",
    ),
  ).toMatch(/^\/var\/log\/nginx\/access\.log\.1\n\/var\/log\/webstack\/deploy_logs\.1\.gz\n[1-9]\d*\nwww-data:adm:640$/);
  expect(await stack.remote("systemctl show logrotate.timer -p TimersCalendar --value")).toContain("OnCalendar=*-*-* *:00:00 ;");
});

describe("NRPE", () => {
  const checks = [
    "check_disk",
    "check_memory",
    "check_load",
    "check_total_procs",
    "check_zombie_procs",
    "check_nginx",
    "check_service_api",
    "check_service_web",
  ];
  const plugin = "/usr/lib/nagios/plugins/check_nrpe";

  test("answers each check to an allowed host, with TLS", async () => {
    for (const check of checks) {
      const { code, stdout } = await run(plugin, ["-H", web, "-c", check]);
      // The load is that of the whole box, whatever else it does.
      const expected =
        check === "check_load"
          ? [expect.any(Number), expect.stringMatching(/^(LOAD )?(OK|WARNING|CRITICAL) - scaled load average: /)]
          : [0, expect.stringMatching(/OK/)];
      expect([check, code, stdout]).toEqual([check, ...expected]);
    }
    const tls = await run("openssl", ["s_client", "-connect", `${web}:5666`, "-brief"]);
    expect(tls.stderr).toMatch(/Protocol version: TLSv1\.[23]/);
  });

  test("takes no words for a check", async () => {
    const { code, stdout } = await run(plugin, ["-H", web, "-c", "check_disk", "-a", "-w", "1%"]);
    expect([code, stdout]).toEqual([expect.any(Number), expect.not.stringMatching(/OK/)]);
    expect(code).not.toBe(0);
  });

  test("gives another address nothing, not even a connection", async () => {
    const stranger = await Stranger.arrive("alerts-stranger", gateway, "10.84.15.200");
    try {
      expect((await stranger.run("curl", "-sS", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", `${site}livez`)).stdout).toBe("200");
      const { code, stdout, stderr } = await stranger.run(plugin, "-H", web, "-c", "check_disk", "-t", "3");
      expect([code, stdout + stderr]).toEqual([expect.any(Number), expect.stringMatching(/timed? ?out|timeout/i)]);
      expect(code).toBeGreaterThan(1);
    } finally {
      await stranger.leave();
    }
  });
});

describe("the watchdog", () => {
  const slots = async () => Promise.all(["api", "web"].map((service) => stack.servingSlot(service)));

  test("restarts nothing while the database is stopped, or answers nobody", async () => {
    const before = await slots();
    const restarts = () =>
      stack.remote(
        `systemctl show -p NRestarts -p ActiveEnterTimestampMonotonic ${before.map((slot, i) => `${["api", "web"][i]}@${slot}`).join(" ")}`,
      );
    const counted = await restarts();
    await stack.remote(`sudo systemctl kill --signal=STOP ${postgresUnit()}`, database);
    await pause(20);
    await stack.remote(`sudo systemctl kill --signal=CONT ${postgresUnit()}; sudo systemctl stop ${postgresUnit()}`, database);
    await pause(8);
    expect((await ask(`${site}api/livez`)).status).toBe(200);
    await stack.remote(`sudo systemctl start ${postgresUnit()}`, database);
    await awaitOk(`${site}healthz`, 10);
    expect([await slots(), await restarts()]).toEqual([before, counted]);
  });

  test("brings web back when every worker of its slot is stopped, under load", () => comesBack("web", "livez"), 120_000);
  testAtNight(
    "alerts",
    "brings api back when every worker of its slot is stopped, under load",
    () => comesBack("api", "api/livez"),
    120_000,
  );

  async function comesBack(service: string, path: string): Promise<void> {
    const before = await stack.servingSlot(service);
    told = webhook.posts.length;
    const {
      done: away,
      requests,
      failed,
    } = await underLoad(
      `${site}${path}`,
      20,
      async () => {
        const since = Date.now();
        await stack.remote(`sudo systemctl kill --kill-who=all --signal=STOP ${service}@${before}.service`);
        await pause(1);
        await expect(
          ask(`${site}${path}`).then((answer) => (answer.status >= 500 ? Promise.reject(new Error("5xx")) : answer.status)),
        ).rejects.toThrow();
        await awaitOk(`${site}${path}`, 60);
        return (Date.now() - since) / 1000;
      },
      { timeoutSeconds: 5 },
    );
    process.stdout.write(
      `watchdog, ${service}: served again ${away.toFixed(1)} s after every worker was stopped; ${failed.length} of ${requests} ` +
        `requests failed\n`,
    );
    expect(await stack.servingSlot(service)).not.toBe(before);
    expect(await news(1)).toContain(
      `happened: service ${service} hung in slot ${before} and was restarted into slot ${before === "blue" ? "green" : "blue"}`,
    );
  }
});

test("a release is announced to Sentry, and each process knows its release and its stack", async () => {
  sentry.posts.length = 0;
  appendFileSync(join(stack.folder, "examples/bitcoin/README.md"), "\nAnother release.\n");
  await stack.mustUp();
  const { release } = await stack.outputs();
  expect(sentry.posts).toEqual([
    { path: "/api/0/organizations/shop/releases/", authorization: `Bearer ${token}`, body: { version: release, projects: ["site"] } },
    {
      path: `/api/0/organizations/shop/releases/${release}/deploys/`,
      authorization: `Bearer ${token}`,
      body: { environment: "test-alerts" },
    },
  ]);
  for (const service of ["api", "web"]) {
    const environment = await stack.remote(
      `slot=$(readlink /etc/nginx/webstack/upstreams/${service}.conf | sed -E 's/.*-(blue|green).conf/\\1/'); sudo sh -c "tr '\\0' ` +
        `'\\n' < /proc/$(systemctl show -p MainPID --value ${service}@$slot)/environ" | grep ^SENTRY_ | sort`,
    );
    expect(environment).toBe(`SENTRY_ENVIRONMENT=test-alerts\nSENTRY_RELEASE=${release}`);
  }
});
