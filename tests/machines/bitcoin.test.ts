/** Two services, a job and one database on real machines, and the two incidents of docs/incidents. Limit: the feed is a file. */
import { ask, awaitOk } from "./http";
import { underLoad } from "./load";
import { TestStack } from "./stack";
import { postgresUnit } from "./postgresUnit";

jest.setTimeout(60_000);

const stack = new TestStack("bitcoin", "10.84.10.0/24", "examples/bitcoin/Pulumi.bitcoin.yaml");
let site = "";

interface Prices {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly average: number | null;
  readonly prices: readonly { readonly time: string; readonly usd: number }[];
}

beforeAll(async () => {
  // The database stays empty, so that what is in it later came from the job; and an old slot that hangs is given up soon.
  await stack.init({
    release: {
      steps: [
        { name: "migrate", run: "python manage.py migrate --noinput" },
        { name: "static", run: "python manage.py collectstatic --noinput" },
      ],
    },
    services: {
      api: { kind: "asgi", module: "api.main:app", workers: 2, path: "/api/", port: 8001, drainSeconds: 5, health: { startSeconds: 8 } },
      web: { kind: "wsgi", module: "analyzer.wsgi:application", workers: 2, threads: 8, path: "/", after: ["api"], drainSeconds: 5 },
    },
  });
  await stack.mustUp();
  site = (await stack.outputs()).siteUrl;
}, 300_000);

afterAll(async () => {
  await stack.down();
}, 120_000);

const prices = async () => JSON.parse((await ask(`${site}api/prices?hours=720`)).body) as Prices;

/** Who listens on port 8001: lines such as `127.0.0.1:8001 nginx`. */
const holders = () => stack.remote(`sudo ss -Hltnp 'sport = :8001' | sed -E 's/.* ([0-9.:]+:8001) .*\\(\\("([^"]+)".*/\\1 \\2/'`);

/** Every file that could be a database of SQLite, by name or by its first bytes. */
const sqliteFiles = () =>
  stack.remote(
    `sudo find / -xdev \\( -path /proc -o -path /sys \\) -prune -o -type f \\( -name '*.sqlite*' -o -name '*.db' -path '/srv/*' ` +
      `\\) -print; ` +
      `sudo grep -rlm1 --binary-files=text '^SQLite format 3' /srv/webstack /tmp /var/tmp /var/lib/webstack /home 2>/dev/null || true`,
  );

describe("an empty database", () => {
  test("is healthy, and the API says in its own form that there is nothing yet", async () => {
    expect((await ask(`${site}api/healthz`)).status).toBe(200);
    expect((await ask(`${site}healthz`)).status).toBe(200);
    expect(await prices()).toEqual({ hours: 720, count: 0, min: null, max: null, average: null, prices: [] });
    const latest = await ask(`${site}api/latest`);
    expect([latest.status, JSON.parse(latest.body)]).toEqual([
      404,
      { error: { code: "no_prices", message: expect.any(String), fields: {} } },
    ]);
    const page = await ask(site);
    expect([page.status, page.body]).toEqual([200, expect.stringContaining("No price of the last 24 hours is stored yet")]);
  });

  test("has a log of what was asked from outside, and nothing of the watchdog, which asks each second and has no address", async () => {
    const log = (await stack.remote("sudo hostctl logs api --lines 1000 | grep HTTP/1.")).split("\n");
    expect(log.filter((line) => !/: [0-9a-f.:]+:0 - "GET \/api\//.test(line))).toEqual([]);
  });

  test("gets its prices from the job, once, and the API reads them", async () => {
    await stack.remote("sudo systemctl start collect.service");
    const first = await prices();
    expect(first.count).toBe(720);
    await stack.remote("sudo systemctl start collect.service");
    // A full hour may have begun in between.
    expect((await prices()).count - first.count).toBeLessThanOrEqual(1);
    expect(await stack.property("collect.service", "Result")).toBe("success");
    const latest = JSON.parse((await ask(`${site}api/latest`)).body) as { time: string; usd: number };
    expect(Date.now() - Date.parse(latest.time)).toBeLessThan(3_700_000);
    expect(first.min).toBe(Math.min(...first.prices.map(({ usd }) => usd)));
    expect(first.max).toBe(Math.max(...first.prices.map(({ usd }) => usd)));
  });
});

describe("what visitors see", () => {
  test.each([
    ["24h", "24 hours", 24],
    ["7d", "7 days", 168],
    ["30d", "30 days", 720],
  ])("the chart of %s has the API's figures", async (period, words, hours) => {
    const { body, status } = await ask(`${site}?period=${period}`);
    const { min, max, average } = JSON.parse((await ask(`${site}api/prices?hours=${hours}`)).body) as Prices;
    const dollars = (usd: number | null) => `$${(usd ?? NaN).toLocaleString("en-US", { minimumFractionDigits: 2 })}`;
    expect([status, body]).toEqual([200, expect.stringContaining(`in the last ${words}`)]);
    expect([...body.matchAll(/<dd>([^<]+)<\/dd>/g)].map((found) => found[1])).toEqual([min, average, max].map(dollars));
    expect(body).toMatch(/<path class="line" d="M\d/);
    expect(body).not.toContain("<script");
  });

  test.each([
    ["api/prices?hours=0", 400, "invalid_request"],
    ["api/none", 404, "not_found"],
  ])("GET /%s is %i %s as JSON", async (path, status, code) => {
    const answer = await ask(`${site}${path}`);
    expect([answer.status, answer.headers["content-type"]]).toEqual([status, "application/json"]);
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code } });
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("the units", () => {
  test("the front end starts after both slots of the API", async () => {
    const after = (await stack.property(`web@${await stack.servingSlot("web")}.service`, "After")).split(" ");
    expect(after).toEqual(expect.arrayContaining(["api@blue.service", "api@green.service"]));
    const before = (await stack.property(`api@${await stack.servingSlot("api")}.service`, "After")).split(" ");
    expect(before.filter((unit) => unit.startsWith("web@"))).toEqual([]);
  });

  test("the API is sandboxed, serves with both its workers and never restarted", async () => {
    const unit = `api@${await stack.servingSlot("api")}.service`;
    const score = Number(
      /: ([\d.]+) /.exec((await stack.remote(`systemd-analyze security ${unit} --no-pager`)).split("\n").at(-1) ?? "")?.[1],
    );
    expect(score).toBeLessThanOrEqual(1.2);
    expect(await stack.remote(`pgrep -c -P ${await stack.property(unit, "MainPID")}`)).toBe("2");
    expect(await stack.property(unit, "NRestarts")).toBe("0");
    const pid = await stack.property(unit, "MainPID");
    const [master, ...workers] = (await stack.remote(`for p in ${pid} $(pgrep -P ${pid}); do sudo cat /proc/$p/oom_score_adj; done`))
      .split("\n")
      .map(Number);
    // Out of memory, a worker goes before its master.
    expect(workers).toEqual(Array(2).fill(Number(master) + 300));
    const said = await stack.remote(`sudo journalctl -u ${unit} --no-pager -o cat`);
    expect(said.split("\n").filter((line) => /warning|error|critical|terminated/i.test(line))).toEqual([]);
    // Behind a socket the API still knows who asks.
    expect(said).toMatch(/^10\.84\.10\.1:0 - "GET \/api\/latest HTTP\/1\.1" 200$/m);
  });

  test("the logs have three levels: what the application says, what its units do, what the job did", async () => {
    await stack.remote("sudo systemctl stop 'api@*.service' 'api@*.socket'");
    expect((await ask(site)).status).toBe(503);
    expect((await stack.ssh("sudo hostctl start")).code).toBe(0);
    expect((await ask(site)).status).toBe(200);
    // The application's own lines, at their own level, without access lines and notices of gunicorn between.
    const errors = await stack.remote("sudo journalctl -u 'web@*' -p err --no-pager -o cat");
    expect(errors).toMatch(/^prices\.views: no prices from the API: http:\/\/127\.0\.0\.1:8001\/api\/prices: HTTP Error 502/m);
    expect(errors.split("\n").filter((line) => !/^(prices\.views|django\.request): /.test(line))).toEqual([]);
    const unit = `api@${await stack.servingSlot("api")}.service`;
    expect(await stack.remote(`sudo journalctl UNIT=${unit} --no-pager -o cat | grep -E '^(Stopped|Started) ' | tail -2`)).toMatch(
      /^Stopped .+\nStarted /,
    );
    expect(await stack.remote("sudo hostctl logs collect")).toMatch(/prices\.management\.commands\.collect: stored 720 new of 720 prices/);
  });
});

test("a database that was away is found again within 5 s, and meanwhile every answer says so", async () => {
  const database = { address: (await stack.outputs()).database.host };
  await stack.remote(`sudo systemctl stop ${postgresUnit()}`, database);
  for (const path of ["api/healthz", "api/prices", "api/latest"]) {
    const answer = await ask(`${site}${path}`);
    expect([answer.status, JSON.parse(answer.body), answer.headers["retry-after"]]).toMatchObject([
      503,
      { error: { code: "database_unavailable" } },
      "5",
    ]);
  }
  const page = await ask(site);
  expect([page.status, page.body]).toEqual([503, expect.stringContaining("No prices just now")]);
  // Long enough for the API's pool to have given up trying by itself.
  await new Promise((resolve) => setTimeout(resolve, 8000));
  await stack.remote(`sudo systemctl start ${postgresUnit()}`, database);
  expect(await awaitOk(`${site}api/healthz`, 5)).toBeLessThan(5);
  // Which of the API's two workers answers is chance: each has connections of its own, and none of them gives an error any more.
  for (let times = 0; times < 4; times += 1) expect((await ask(site)).status).toBe(200);
});

describe("incident 1: the job wrote to a local SQLite", () => {
  test("services and job have one EnvironmentFile and nothing else says DATABASE_URL", async () => {
    const units = ["collect.service", `api@${await stack.servingSlot("api")}.service`, `web@${await stack.servingSlot("web")}.service`];
    for (const unit of units) {
      expect((await stack.property(unit, "EnvironmentFiles")).split("\n")).toEqual([
        "/etc/webstack/env (ignore_errors=no)",
        expect.stringMatching(/^\/srv\/webstack\/.+\/\.webstack-release \(ignore_errors=yes\)$/),
      ]);
    }
    expect(await stack.remote("sudo grep -rl DATABASE_URL= /etc")).toBe("/etc/webstack/env");
  });

  test.each([
    ["without DATABASE_URL", "UnsetEnvironment=DATABASE_URL", "got nothing"],
    [
      "with a SQLite one",
      "ExecStart=\nExecStart=/usr/bin/env DATABASE_URL=sqlite:////tmp/local.sqlite3 python manage.py collect",
      "got sqlite:...",
    ],
  ])("the job %s fails in the open and writes nothing", async (_, line, got) => {
    const { count } = await prices();
    await stack.remote(
      "sudo mkdir -p /run/systemd/system/collect.service.d && sudo tee /run/systemd/system/collect.service.d/broken.conf > " +
        "/dev/null && sudo systemctl daemon-reload",
      { stdin: `[Service]\n${line}\n` },
    );
    try {
      expect((await stack.ssh("sudo systemctl start collect.service")).code).not.toBe(0);
      expect(await stack.property("collect.service", "ActiveState")).toBe("failed");
      expect(await stack.property("collect.service", "ExecMainStatus")).toBe("1");
      expect(await stack.remote("sudo journalctl -u collect.service _TRANSPORT=stdout --no-pager -o cat | tail -1")).toBe(
        `manage.py: DATABASE_URL: must be postgresql://user:password@host/name, ${got}`,
      );
    } finally {
      await stack.remote(
        "sudo rm -r /run/systemd/system/collect.service.d && sudo systemctl daemon-reload && sudo systemctl reset-failed collect.service",
      );
    }
    expect((await prices()).count - count).toBeLessThanOrEqual(1);
    expect(await sqliteFiles()).toBe("");
  });

  test("an API without its table is not healthy, so such a release never serves", async () => {
    const program = `import os, sys, psycopg; psycopg.connect(os.environ["DATABASE_URL"], autocommit=True).execute(sys.argv[1])`;
    const unit = "sudo systemd-run --quiet --wait --pipe --uid=bitcoin -p EnvironmentFile=/etc/webstack/env";
    const sql = (query: string) => stack.remote(`${unit} /srv/webstack/current/venv/bin/python -c '${program}' '${query}'`);
    await sql("ALTER TABLE bitcoin_prices RENAME TO hidden");
    try {
      for (const path of ["api/healthz", "api/prices", "api/latest"]) {
        const answer = await ask(`${site}${path}`);
        expect([answer.status, JSON.parse(answer.body)]).toMatchObject([503, { error: { code: "not_migrated" } }]);
      }
      const refused = await stack.ssh("sudo hostctl restart");
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("503 from /api/healthz")]);
    } finally {
      await sql("ALTER TABLE hidden RENAME TO bitcoin_prices");
    }
    expect((await ask(`${site}api/healthz`)).status).toBe(200);
  });
});

describe("incident 2: an old process held port 8001", () => {
  test("the port is nginx's and no service listens on any", async () => {
    expect(await holders()).toBe("127.0.0.1:8001 nginx");
    expect(await stack.remote("sudo ss -Hltnp | grep -c -e gunicorn -e python || true")).toBe("0");
    const get = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8001/api/latest').read().decode())";
    expect(JSON.parse(await stack.remote(`python3 -c "${get}"`))).toHaveProperty("usd");
  });

  test("two restarts in a row under load fail no request of page or API", async () => {
    const twice = async () => {
      await stack.remote("sudo hostctl restart");
      await stack.remote("sudo hostctl restart");
    };
    const page = await underLoad(site, 15, () => underLoad(`${site}api/latest`, 40, twice));
    expect([page.failed, page.done.failed]).toEqual([[], []]);
    expect(Math.min(page.requests, page.done.requests)).toBeGreaterThan(30);
  });

  test("old processes that hang, or do not end when asked, do not keep the new ones from serving", async () => {
    const old = await stack.servingSlot("api");
    const hanging = await stack.property(`api@${old}.service`, "MainPID");
    const join = `for file in $(find /sys/fs/cgroup -path "*/api@${old}.service/cgroup.procs"); do echo $$ > $file; done`;
    await stack.remote(
      `sudo setsid --fork sh -c '${join}; trap "" TERM HUP; echo $$; exec sleep 600' < /dev/null > stubborn.pid 2> /dev/null; sleep 0.5`,
    );
    const stubborn = await stack.remote("cat stubborn.pid");
    expect(await stack.remote(`systemctl status api@${old}.service --no-pager | grep -c 'sleep 600'`)).toBe("1");
    await stack.remote(`sudo kill -STOP ${hanging}`);
    const { code, stderr } = await stack.ssh("sudo hostctl restart");
    expect([code, stderr]).toEqual([0, ""]);
    expect(await stack.servingSlot("api")).not.toBe(old);
    expect((await ask(`${site}api/latest`)).status).toBe(200);
    for (const pid of [hanging, stubborn]) expect((await stack.ssh(`test -e /proc/${pid}`)).code).toBe(1);
  });

  test("a stray process cannot take the port", async () => {
    const stray = await stack.ssh("sudo runuser -u bitcoin -- timeout 5 python3 -m http.server --bind 127.0.0.1 8001");
    expect([stray.code, stray.stderr]).toEqual([1, expect.stringContaining("Address already in use")]);
  });

  test("where a stray process has the port before nginx, the change is refused by name and the old site serves", async () => {
    const squatter = "systemd-run --quiet --unit=squatter python3 -m http.server --bind 127.0.0.1 8002";
    await stack.remote(`sudo ${squatter}`);
    try {
      const api = { kind: "asgi", module: "api.main:app", workers: 2, path: "/api/", drainSeconds: 5, health: { startSeconds: 8 } };
      stack.change({ services: { api: { ...api, port: 8002 } } });
      const refused = await stack.up();
      expect([refused.code === 0, refused.stdout + refused.stderr]).toEqual([
        false,
        expect.stringContaining("bind() to 127.0.0.1:8002 failed"),
      ]);
      expect((await ask(`${site}api/latest`)).status).toBe(200);
      expect(await holders()).toBe("127.0.0.1:8001 nginx");
      stack.change({ services: { api: { ...api, port: 8001 } } });
      await stack.mustUp();
      expect((await stack.ssh("sudo hostctl verify")).code).toBe(0);
    } finally {
      await stack.ssh("sudo systemctl stop squatter.service");
    }
  }, 120_000);
});
