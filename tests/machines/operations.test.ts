/** Day-two verbs on a real machine under load: maintenance, pause, jobs, update, rollback with data. Limit: one web host, no TLS. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../../infra/host/manifest";
import { cutPower } from "./cutPower";
import { earlierBundle } from "./earlierBundle";
import { ask, awaitOk } from "./http";
import { underLoad } from "./load";
import { SharedStack } from "./shared";
import { visitors } from "./visitors";

const stack = new SharedStack("shop");
/** Where this box stands in the stack's network. */
const operator = "10.84.14.1/32";
let site = "";

const never = "*-01-01 00:00:00";
const python = (program: string) => ["python", "-c", program];

beforeAll(async () => {
  await stack.bringUp({
    // As `npm run new` writes it for an app without a health page.
    services: { web: { kind: "wsgi", module: "ocpizza.wsgi:application", path: "/", health: { path: "/", live: "/livez" } } },
    jobs: {
      greet: {
        run: python("import os, time; print('hello', os.environ['DJANGO_SETTINGS_MODULE'], flush=True); time.sleep(1); print('bye')"),
        schedule: never,
        memoryMiB: 64,
      },
      broken: { run: python("import sys; print('no such feed'); sys.exit(7)"), schedule: never, memoryMiB: 64 },
      slow: { run: ["sleep", "8"], schedule: never, memoryMiB: 64 },
      endless: { run: ["sleep", "300"], schedule: never, timeoutSeconds: 2, memoryMiB: 64 },
    },
  });
  site = (await stack.outputs()).siteUrl;
}, 300_000);

afterAll(async () => {
  await stack.down();
}, 120_000);

const hostctl = (words: string) => stack.ssh(`sudo hostctl ${words}`);
const mustHostctl = (words: string) => stack.remote(`sudo hostctl ${words}`);
const status = async () => JSON.parse(await mustHostctl("status --json")) as Record<string, never>;

describe("maintenance", () => {
  const message = `We move <b>house</b>, it costs $uri & "nothing"`;
  const quoted = `'${message}'`;

  test("is off at first, and apps can read that", async () => {
    const { status: code, headers, body } = await ask(`${site}maintenance.json`);
    expect([code, headers["content-type"], JSON.parse(body)]).toEqual([200, "application/json", { maintenance: false }]);
    expect((await ask(`${site}.webstack/maintenance/state.conf`)).status).toBe(404);
  });

  test("answers every visitor with a page, 503, when to come again and the security headers", async () => {
    await mustHostctl(`maintenance on --minutes 30 --message ${quoted}`);
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "orders"],
      ["GET", "static/none.css"],
      ["HEAD", "restaurants"],
    ] as const) {
      const answer = await ask(`${site}${path}`, { method });
      expect([method, path, answer.status]).toEqual([method, path, 503]);
      expect(new Date(String(answer.headers["retry-after"])).getTime() - Date.now()).toBeGreaterThan(25 * 60_000);
      expect(answer.headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "content-security-policy": expect.stringContaining("default-src 'self'"),
        "referrer-policy": expect.any(String),
      });
    }
    const { body } = await ask(site);
    expect(body).toContain("We move &lt;b&gt;house&lt;/b&gt;, it costs $uri &amp; &quot;nothing&quot;");
    expect(body).not.toContain("<b>");
    const style = /href="\/(\.webstack\/[^"]+\.css)"/.exec(body)?.[1];
    expect((await ask(`${site}${style}`)).headers["content-type"]).toContain("text/css");
  }, 30_000);

  test("tells programs in JSON: 503 where they asked for something, 200 where they asked whether", async () => {
    const held = await ask(`${site}products`, { headers: { Accept: "application/json" } });
    expect([held.status, held.headers["content-type"]]).toEqual([503, expect.stringContaining("application/json")]);
    expect(JSON.parse(held.body)).toMatchObject({ maintenance: true, message });
    const asked = await ask(`${site}maintenance.json`);
    expect([asked.status, JSON.parse(asked.body)]).toEqual([
      200,
      { maintenance: true, message, until: expect.stringMatching(/^\d{4}-.*\+00:00$/) },
    ]);
  });

  test("holds the front page though it is the health page, and not what a check from outside asks, which says nothing of the site", async () => {
    const [front, check, asked] = await Promise.all(["", ".webstack/health/web", ".webstack/ask/web"].map((path) => ask(`${site}${path}`)));
    expect([front?.status, front?.headers["retry-after"] !== undefined, front?.body.includes("We move &lt;b&gt;house")]).toEqual([
      503,
      true,
      true,
    ]);
    expect([check?.status, check?.body, asked?.status]).toEqual([200, "it works\n", 404]);
    // What is below the check's path is the app's, so it is held.
    expect((await ask(`${site}.webstack/health/web/more`)).status).toBe(503);
  });

  test("is no matter to a release, whose gate goes by the page that visitors do not get", async () => {
    const { done, failed } = await underLoad(`${site}.webstack/health/web`, 20, () => hostctl("restart"));
    expect([done.code, failed]).toEqual([0, []]);
    expect((await ask(site)).status).toBe(503);
  }, 60_000);

  test("is shown by status, and is no drift", async () => {
    expect(await mustHostctl("status")).toContain("MAINTENANCE since ");
    expect(await status()).toMatchObject({ maintenance: { message } });
    expect((await hostctl("verify")).code).toBe(0);
  });

  test("stays through a reboot", async () => {
    cutPower(`webstack-${stack.name}-web-0`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await stack.mustUp();
    await awaitOk(`${site}.webstack/health/web`, 20);
    expect((await ask(site)).status).toBe(503);
  }, 120_000);

  test("lets operators in by address, and the state of nobody else", async () => {
    await mustHostctl(`maintenance on --message again --allow 192.0.2.0/24 ${operator} 2001:db8::/32`);
    expect((await ask(site)).status).toBe(200);
    await mustHostctl("maintenance on --message again --allow 192.0.2.0/24");
    const held = await ask(site);
    expect([held.status, held.headers["retry-after"]]).toEqual([503, "300"]);
  }, 30_000);

  test("goes off, and everybody is in again", async () => {
    await mustHostctl("maintenance off");
    expect((await ask(site)).status).toBe(200);
    expect(JSON.parse((await ask(`${site}maintenance.json`)).body)).toEqual({ maintenance: false });
    expect((await status()).maintenance).toBeNull();
  });

  test("refuses what it cannot mean", async () => {
    for (const [words, code] of [
      ["maintenance on", 1],
      ["maintenance on --message x --until 2001-01-01T00:00", 1],
      ["maintenance on --message x --allow 10.0.0.1/8", 2],
    ] as const) {
      expect([words, (await hostctl(words)).code]).toEqual([words, code]);
    }
    expect((await ask(site)).status).toBe(200);
  }, 30_000);
});

test("logs have what visitors asked for, and nothing of the watchdog's looks", async () => {
  const mark = `seen-${Date.now()}`;
  expect((await ask(`${site}${mark}`)).status).toBe(404);
  expect((await ask(`${site}.webstack/health/web`)).status).toBe(200);
  // It looks once a second. USR1 has nginx write what it holds back.
  await stack.remote(
    "sleep 3; systemctl is-active --quiet webstack-watchdog; sudo sh -c 'kill -USR1 $(cat /run/nginx/nginx.pid)'; sleep 1",
  );
  const lines = (await mustHostctl("logs web --lines 50")).split("\n").filter((line) => line.includes("HTTP/1."));
  expect(lines.filter((line) => line.includes("/livez"))).toEqual([]);
  expect(lines.slice(lines.findIndex((line) => line.includes(mark)))).toEqual([expect.stringContaining(`"GET /${mark} HTTP/1.1" 404`)]);
  const nginx = await stack.remote(`sudo sed -n '/${mark}/,$p' /var/log/nginx/access.log`);
  // The watchdog is on the host; this box may have asked something else meanwhile.
  expect(nginx.split("\n").filter((line) => line.includes(mark) || !line.startsWith("10.84.14.1 "))).toEqual([
    expect.stringContaining(mark),
  ]);
}, 60_000);

describe("a pause", () => {
  // They come from one address, of which nginx holds 400 at once: ten seconds of these.
  test("of 4 s at 40 requests a second fails none, and they wait as long as it lasts", async () => {
    const { requests, failed, longest } = await underLoad(`${site}restaurants`, 40, () =>
      stack.remote("sudo hostctl pause --max 20 >/dev/null; sleep 4; sudo hostctl resume >/dev/null"),
    );
    expect(failed).toEqual([]);
    expect(requests).toBeGreaterThan(160);
    expect(longest).toBeGreaterThan(4000);
  }, 60_000);

  test("holds orders too, each is taken once, and the app gets none meanwhile", async () => {
    const products = JSON.parse((await ask(`${site}products`)).body) as { products: { id: number }[] };
    const restaurants = JSON.parse((await ask(`${site}restaurants`)).body) as { restaurants: { id: number }[] };
    const order = { restaurant: restaurants.restaurants[0]?.id, name: "Ada", lines: [{ product: products.products[0]?.id, quantity: 1 }] };
    await mustHostctl("pause --max 20");
    let answered = 0;
    const orders = Array.from({ length: 20 }, () =>
      ask(`${site}orders`, { method: "POST", json: order }).then((answer) => (answered++, answer)),
    );
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(answered).toBe(0);
    expect(await mustHostctl("status")).toContain("PAUSED");
    await mustHostctl("resume");
    const taken = await Promise.all(orders);
    expect(taken.map((answer) => answer.status)).toEqual(Array(20).fill(201));
    expect(new Set(taken.map((answer) => (JSON.parse(answer.body) as { id: string }).id)).size).toBe(20);
  }, 60_000);

  test("ends by itself at its limit, and leaves nothing behind", async () => {
    await mustHostctl("pause --max 6");
    let answered = false;
    const asked = ask(site).then(({ status }) => ((answered = true), status));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(answered).toBe(false);
    expect(await asked).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(
      await stack.ssh("systemctl is-active webstack-pause.service; sudo ls /run/webstack/pause /run/webstack/pause.json"),
    ).toMatchObject({ stdout: "inactive\n" });
    expect(await mustHostctl("resume")).toBe("not paused");
    expect((await status()).paused).toBe(false);
  }, 30_000);

  test("sends what waited to the slot that serves by then", async () => {
    await mustHostctl("pause --max 20");
    const waiting = Promise.all(Array.from({ length: 10 }, () => ask(`${site}restaurants`)));
    const [restarted] = await Promise.all([
      hostctl("restart"),
      new Promise((resolve) => setTimeout(resolve, 6000)).then(() => hostctl("resume --lock-wait 60")),
    ]);
    expect(restarted.code).toBe(0);
    expect((await waiting).map((answer) => answer.status)).toEqual(Array(10).fill(200));
  }, 90_000);

  test("whose holder is killed fails no request that may be repeated", async () => {
    await mustHostctl("pause --max 20");
    const waiting = Promise.all(Array.from({ length: 10 }, () => ask(`${site}restaurants`)));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await stack.remote("sudo systemctl kill -s KILL webstack-pause.service");
    expect((await waiting).map((answer) => answer.status)).toEqual(Array(10).fill(200));
    await mustHostctl("resume");
    expect((await status()).paused).toBe(false);
  }, 60_000);

  test("longer than a request may take is refused", async () => {
    const { code, stderr } = await hostctl("pause --max 26");
    expect([code, stderr]).toEqual([1, expect.stringContaining("--max must be at most 25, got 26")]);
  });
});

describe("a job", () => {
  test("runs at once, with the environment of the services, and shows what it says", async () => {
    const { code, stdout } = await hostctl("run greet");
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/hello ocpizza\.settings\.production\n[^]*bye\n[^]*greet: success, exit code 0/),
    ]);
    expect(await mustHostctl("logs greet")).toContain("bye");
  }, 30_000);

  test("that fails ends with its own code, is a failed unit, and status says so", async () => {
    const { code, stdout } = await hostctl("run broken");
    expect([code, stdout]).toEqual([7, expect.stringContaining("no such feed")]);
    expect((await stack.ssh("systemctl is-failed broken.service")).stdout).toBe("failed\n");
    expect(await mustHostctl("status")).toMatch(/job +broken +exit-code +last \S.*EXIT CODE 7/);
    const { jobs } = (await status()) as unknown as { jobs: { name: string; result: string; next: string }[] };
    expect(jobs.find(({ name }) => name === "broken")).toMatchObject({
      result: "exit-code",
      exitCode: 7,
      next: expect.stringContaining("-01-01 00:00:00 UTC"),
    });
  }, 30_000);

  test("is not started twice", async () => {
    const first = hostctl("run slow");
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const second = await hostctl("run slow");
    expect([second.code, second.stderr]).toEqual([75, expect.stringMatching(/slow: runs already, since .* UTC \(process \d+\)/)]);
    expect((await stack.ssh("pgrep -c -x sleep -u ocpizza")).stdout).toBe("1\n");
    expect((await first).code).toBe(0);
  }, 30_000);

  test("that takes too long is ended", async () => {
    const { code, stdout } = await hostctl("run endless");
    expect([code, stdout]).toEqual([124, expect.stringContaining("endless: timeout")]);
  }, 30_000);

  test("that was missed while the machine was off, or the clock jumped, runs once", async () => {
    const ran = () => stack.remote("systemctl show greet.service -p InvocationID --value");
    const before = await ran();
    await stack.remote(
      "sudo systemctl stop greet.timer && sudo touch -d '2 years ago' /var/lib/systemd/timers/stamp-greet.timer && sudo systemctl " +
        "start greet.timer && sleep 4",
    );
    const after = await ran();
    expect(after).not.toBe(before);
    await stack.remote("sudo systemctl restart greet.timer && sleep 3");
    expect(await ran()).toBe(after);
  }, 30_000);

  test("that is none is refused with those that are", async () => {
    const { code, stderr } = await hostctl("run nginx");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/nginx: is no job of this host; jobs are .*greet/)]);
  });
});

describe("an update", () => {
  /** Puts files into /tmp/update of the machine. */
  const send = async (files: Readonly<Record<string, string>>) => {
    await stack.remote("rm -rf /tmp/update && mkdir /tmp/update");
    for (const [name, content] of Object.entries(files)) await stack.remote(`cat > /tmp/update/${name}`, { stdin: content });
  };
  const home = () => readFileSync(join(stack.app, "shop/templates/shop/home.html"), "utf8");
  const style = () => readFileSync(join(stack.app, "shop/static/shop/site.css"), "utf8");

  test("with faults names them all and changes nothing", async () => {
    const before = await stack.remote("readlink /srv/webstack/current; ls /srv/webstack/releases");
    await send({
      "controller.ini": "[light]\nhome.html = shop.templates.shop\n[heavy]\nhome.html = ..etc\nhome.html = city_009\nlost.py = shop\n",
      "home.html": "x",
      "extra.txt": "x",
    });
    const { code, stderr } = await hostctl("update /tmp/update");
    expect(code).toBe(1);
    for (const text of [
      "because of 5 faults",
      "line 2: home.html must end in one of .ico",
      "line 4: home.html = ..etc: is outside the project",
      "line 5: home.html = city_009: there is no app named city_009; there are: api, city, city_001",
      "line 6: lost.py is not in the folder",
      "extra.txt: is in the folder and in no line",
    ])
      expect(stderr).toContain(text);
    expect(await stack.remote("readlink /srv/webstack/current; ls /srv/webstack/releases")).toBe(before);
  }, 30_000);

  test("of a template, a style and a program serves at once, and no request fails meanwhile", async () => {
    await send({
      "controller.ini": "[heavy]\nhome.html = shop.templates.shop\nsite.css = shop.static.shop\nmenus.json = city_001\n",
      "home.html": home().replace(/\{% endblock %\}\s*$/, "<p>Fermeture à minuit</p>{% endblock %}"),
      "site.css": `${style()}\n/* updated */\n`,
      "menus.json": readFileSync(join(stack.app, "city_001/menus.json"), "utf8"),
    });
    const { done: output, failed, requests } = await underLoad(`${site}healthz`, 60, () => stack.remote("sudo hostctl update /tmp/update"));
    expect([failed, requests > 100]).toEqual([[], true]);
    expect(output).toContain("Digest-verification > CORRECT");
    const page = (await ask(site)).body;
    expect(page).toContain("Fermeture à minuit");
    const sheet = /href="\/(static\/[^"]+\.css)"/.exec(page)?.[1];
    expect((await ask(`${site}${sheet}`)).body).toContain("/* updated */");
  }, 60_000);

  test("is what the next `verify` reports, and a rollback undoes it", async () => {
    const { code, stdout } = await hostctl("verify");
    expect([code, stdout]).toEqual([3, expect.stringMatching(/release: must be [0-9a-f]{16}, got [0-9a-f]{16}/)]);
    await mustHostctl("rollback");
    expect((await ask(site)).body).not.toContain("Fermeture");
    expect((await hostctl("verify")).code).toBe(0);
  }, 60_000);
});

test("the version before hostctl's packages takes a host back, and this one takes it here again, killed once on its way: no request fails", async () => {
  const state = () =>
    stack.remote("readlink /srv/webstack/current /etc/nginx/webstack/upstreams/web.conf; sudo sha256sum /var/lib/webstack/history.json");
  const before = await state();
  await stack.remote("cat > /tmp/earlier.bundle", {
    stdin: earlierBundle(JSON.parse(await stack.remote("sudo cat /var/lib/webstack/manifest.json")) as Manifest),
  });
  const own = "$(ls -t /var/lib/webstack/inbox/*.bundle | head -1)";
  const isThere =
    "sudo hostctl verify; ls /usr/local/lib/webstack/hostctl/cli.py /etc/webstack/watchdog.json /etc/webstack/settings.json 2>&1 | grep -c No";
  // With all of its files written, and nothing that serves switched; hostctl's own tests kill it at every step. Its lines come by a pipe,
  // whose reader is there at once: one that looked every few milliseconds could come too late on a busy box.
  const killed =
    `sudo sh -c 'rm -f /tmp/upgrade; mkfifo /tmp/upgrade; python3 -I '${own}' apply < /dev/null > /tmp/upgrade 2>&1 & ` +
    `while read -r line; do case "$line" in *Files-writing*) kill -9 $!; break;; esac; done < /tmp/upgrade; wait $!; ` +
    `ls /var/lib/webstack/undo/hostctl/__main__.py; hostctl recover'`;
  const { done, failed, requests } = await underLoad(`${site}healthz`, 60, async () => {
    await stack.remote("sudo python3 -I /tmp/earlier.bundle apply < /dev/null");
    const there = [await stack.remote(isThere)];
    const recovered = await stack.remote(killed);
    there.push(await stack.remote(isThere));
    await stack.remote(`sudo python3 -I ${own} apply < /dev/null`);
    return { there: [...there, await stack.remote(isThere)], recovered };
  });
  // Two of the three files are the earlier version's, one is this one's.
  expect([done.there, failed, requests > 50]).toEqual([["as declared\n1", "as declared\n1", "as declared\n2"], [], true]);
  expect(done.recovered).toMatch(
    /^\/var\/lib\/webstack\/undo\/hostctl\/__main__\.py\n# Step 1 : RECOVERY\n {2}Old-state-restoration > CORRECT/,
  );
  expect(await state()).toBe(before);
}, 90_000);

describe("a release whose migration waits for a lock", () => {
  test("is ended in time: the old one serves, and no visitor waits behind it for long", async () => {
    const before = await stack.remote("readlink /srv/webstack/current");
    const report =
      `import os, psycopg, time; c = psycopg.connect(os.environ["DATABASE_URL"], application_name="report"); c.execute("select ` +
      `count(*) from shop_restaurant"); time.sleep(600)`;
    await stack.remote(
      "sudo systemd-run --quiet --unit=report --uid=ocpizza -p EnvironmentFile=/etc/webstack/env " +
        `/srv/webstack/current/venv/bin/python -c '${report}'`,
    );
    // Sooner than the app's own limit, which most apps do not have.
    stack.change({ release: { lockTimeoutSeconds: 1 } });
    const migration = join(stack.app, "shop/migrations/0003_remark.py");
    writeFileSync(
      migration,
      `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0002_menu")]\n  ` +
        `  operations = [migrations.RunSQL("alter table shop_restaurant add remark text")]\n`,
    );
    const { done, answers, failed } = await visitors(() => ask(`${site}restaurants`), stack.up());
    expect([done.code === 0, done.stdout + done.stderr]).toEqual([
      false,
      expect.stringMatching(
        /Database-upgrading: waited 1 s for table shop_restaurant, held by session \d+ \(user ocpizza, report, idle in transaction, in a transaction for \d+ s\)/,
      ),
    ]);
    expect([failed, answers > 20]).toEqual([[], true]);
    expect(await stack.remote("readlink /srv/webstack/current")).toBe(before);
    // It was not ended in the step's place.
    await stack.remote("sudo systemctl is-active report.service && sudo systemctl stop report.service");
    rmSync(migration);
    stack.change({ release: { lockTimeoutSeconds: 5 } });
  }, 120_000);
});

describe("a rollback", () => {
  const notes = () =>
    stack.remote(
      "sudo systemd-run --quiet --wait --pipe --uid=ocpizza -p EnvironmentFile=/etc/webstack/env " +
        `/srv/webstack/current/venv/bin/python -c 'import os, psycopg; print(any(name == "note" for (name,) in ` +
        `psycopg.connect(os.environ["DATABASE_URL"]).execute("select relname from pg_class")))'`,
    );
  const schemas = async () =>
    (JSON.parse(await mustHostctl("releases --json")) as { schema: string }[]).map(({ schema }) => /shop=\S+/.exec(schema)?.[0]);

  test("is refused where the database has moved on, and says what would bring it back", async () => {
    const first = (await stack.outputs()).release;
    const before = await schemas();
    writeFileSync(
      join(stack.app, "shop/migrations/0009_note.py"),
      `from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", ` +
        `"${before[0]?.slice(5)}")]\n    operations = [migrations.RunSQL("create table note (id int)", "drop table note")]\n`,
    );
    await stack.mustUp();
    expect((await schemas())[0]).toBe("shop=0009_note");
    expect(await notes()).toBe("True");
    const { code, stderr } = await hostctl("rollback");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /its code knew the schema\n.*shop=0002_menu\nbut the database is at\n.*shop=0009_note\n`hostctl rollback [0-9a-f]{16} --down` first runs/,
      ),
    ]);
    expect(await stack.remote("readlink /srv/webstack/current")).not.toContain(first);
    expect((await hostctl("verify")).code).toBe(0);
  }, 90_000);

  test("with --down undoes the migrations, then the code", async () => {
    await mustHostctl("rollback --down");
    expect(await notes()).toBe("False");
    expect((await ask(site)).status).toBe(200);
    expect((await schemas())[0]).toBe("shop=0002_menu");
    expect((await hostctl("verify")).code).toBe(3);
  }, 60_000);
});
