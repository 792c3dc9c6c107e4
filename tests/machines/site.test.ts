/** A whole stack on real machines: it boots, serves, changes, survives. Limit: one web host, one box, no TLS. */
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readStack } from "../../cli/stackFiles";
import Ajv from "ajv";
import schema from "../../docs/outputs.schema.json";
import { debians, defaultDebian, versionId } from "../../infra/config/catalog/debian";
import type { Manifest } from "../../infra/host/manifest";
import { isRunning, start, stop } from "../../providers/nspawn/running";
import { storedMachine } from "../../providers/nspawn/store";
import { findScanner } from "../../tools/scanners";
import { cutPower } from "./cutPower";
import { ask, awaitOk } from "./http";
import { underLoad } from "./load";
import { openPorts } from "./ports";
import { suiteDebian, testAtNight } from "./rows";
import { run, TestStack } from "./stack";
import { atTerminal } from "./terminal";
import { visitors } from "./visitors";

const stack = new TestStack("site", "10.84.1.0/24", undefined, { rsaHostKey: true });
let site = "";

beforeAll(async () => {
  await stack.init({ host: { image: suiteDebian() }, database: { version: debians[suiteDebian()].postgres } });
  await stack.mustUp();
  site = (await stack.outputs()).siteUrl;
}, 300_000);

afterAll(async () => {
  await stack.down();
}, 120_000);

const storedManifest = async () => JSON.parse(await stack.remote("sudo cat /var/lib/webstack/manifest.json")) as Manifest;

/** Gives a manifest to hostctl as a bundle would. */
const apply = (manifest: Manifest) =>
  stack.ssh("cat > /tmp/changed.json && sudo hostctl apply /tmp/changed.json", { stdin: JSON.stringify(manifest) });

describe("a new stack", () => {
  test("answers its page through nginx", async () => {
    const { status, headers, body } = await ask(site);
    expect(status).toBe(200);
    expect(headers.server).toBe("nginx");
    expect(body).toContain("<title>");
  });

  test("takes an order and gives it back", async () => {
    const products = JSON.parse((await ask(`${site}products`)).body) as { products: { id: number }[] };
    const restaurants = JSON.parse((await ask(`${site}restaurants`)).body) as { restaurants: { id: number }[] };
    const order = { restaurant: restaurants.restaurants[0]?.id, name: "Ada", lines: [{ product: products.products[0]?.id, quantity: 2 }] };
    const made = await ask(`${site}orders`, { method: "POST", json: order });
    expect(made.status).toBe(201);
    const { id } = JSON.parse(made.body) as { id: string };
    const read = await ask(`${site}orders/${id}`);
    expect(read.status).toBe(200);
    expect(JSON.parse(read.body)).toMatchObject({ id, lines: [{ quantity: 2 }] });
  });

  test("serves a hashed static file for ever, compressed beforehand, and says who it is not", async () => {
    const page = (await ask(site)).body;
    const path = /href="\/(static\/[^"]+\.[0-9a-f]{12}\.css)"/.exec(page)?.[1];
    expect(path).toBeDefined();
    const file = await ask(`${site}${path}`, { headers: { "Accept-Encoding": "gzip" } });
    expect(file.status).toBe(200);
    expect(file.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(file.headers["content-encoding"]).toBe("gzip");
    expect(file.headers["x-content-type-options"]).toBe("nosniff");
    const missing = await ask(`${site}static/none.css`);
    expect(missing.status).toBe(404);
    expect(missing.headers["x-content-type-options"]).toBe("nosniff");
  });

  test("gives a host name that is not its own no answer", async () => {
    await expect(ask(site, { headers: { Host: "evil.example" } })).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  test("prints outputs that fit the published schema and hold no password", async () => {
    const outputs = await stack.outputs();
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    expect([validate(outputs), validate.errors]).toEqual([true, null]);
    const password = (await stack.remote("sudo cat /etc/webstack/env")).match(/postgresql:\/\/[^:]+:([^@]+)@/)?.[1];
    expect(password).toMatch(/^[\w-]{40}$/);
    expect(JSON.stringify(outputs)).not.toContain(password);
  });

  test("reaches its database with TLS, as its own user, in read committed and UTC", async () => {
    const question =
      "select ssl, version, current_user, current_setting('default_transaction_isolation'), current_setting('timezone') from " +
      "pg_stat_ssl where pid = pg_backend_pid()";
    const script = `import os, psycopg; print(psycopg.connect(os.environ["DATABASE_URL"]).execute("${question}").fetchone())`;
    const answer = await stack.remote(
      "sudo systemd-run --quiet --wait --pipe --uid=ocpizza -p EnvironmentFile=/etc/webstack/env " +
        `/srv/webstack/current/venv/bin/python -c '${script.replaceAll("'", `'"'"'`)}'`,
    );
    expect(answer).toBe("(True, 'TLSv1.3', 'ocpizza', 'read committed', 'UTC')");
  });

  test("keeps its database closed to everybody but the web host", async () => {
    const { database } = await stack.outputs();
    expect(await openPorts(database.host, [5432])).toEqual([]);
    const fromWeb = await stack.ssh(`timeout 10 bash -c '</dev/tcp/${database.host}/5432'`);
    expect(fromWeb.code).toBe(0);
  });

  test("opens exactly the planned ports", async () => {
    const address = (await stack.outputs()).hosts[0]?.address ?? "";
    expect(await openPorts(address, [22, 25, 80, 111, 443, 5432, 8000, 8001])).toEqual([22, 80]);
  });

  test("is as declared, says hostctl verify", async () => {
    const { code, stdout } = await stack.ssh("sudo hostctl verify");
    expect([code, stdout]).toEqual([0, expect.any(String)]);
  });
});

describe("a one-off command", () => {
  test("is the app's, with its environment, and cannot write the release", async () => {
    const script = 'id -un; pwd; echo "$SITE_HOSTS|$0|$1"; touch new.py; touch /srv/webstack/shared/static/x; exit 7';
    const { code, stdout, stderr } = await stack.npm("exec", stack.name, "--host", "web-0", "sh", "-c", script, "two  words", "it's $5");
    const { release } = await stack.outputs();
    expect([code, stdout]).toEqual([7, `ocpizza\n/srv/webstack/releases/${release}\n${site.split("/")[2] ?? ""}|two  words|it's $5\n`]);
    expect(stderr.match(/Read-only file system/g)).toHaveLength(2);
  }, 30_000);

  test("runs, as the steps of a release do, in the sandbox of the services", async () => {
    const look =
      "grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status; cat /proc/self/uid_map; ls /proc/1; ls -A /dev/disk; python -c " +
      "'import os; os.nice(1)'";
    const { stdout, stderr } = await stack.npm("exec", stack.name, "--host", "web-0", "sh", "-c", look);
    const pid = await stack.remote("systemctl show --property=MainPID --value web@blue.service web@green.service | grep -vx 0 | head -1");
    const service = await stack.remote(
      `sudo sh -c "grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/${pid.trim()}/status; cat /proc/${pid.trim()}/uid_map"`,
    );
    expect([stdout.trim(), stdout]).toEqual([service.trim(), expect.stringContaining("Seccomp:\t2")]);
    expect([
      /cannot access '\/proc\/1'/.test(stderr),
      /cannot access '\/dev\/disk'/.test(stderr),
      /PermissionError|Operation not permitted/.test(stderr),
    ]).toEqual([true, true, true]);
  }, 30_000);

  test("has a terminal where there is one", async () => {
    const { code, stdout } = await atTerminal(stack, `npm run --silent shell -- ${stack.name}`, [
      [/\$ $/, 'test -t 0 && echo "a $((1 + 1)) terminal"; exit 5'],
    ]);
    expect([code, stdout]).toEqual([5, expect.stringContaining("a 2 terminal")]);
  }, 30_000);
});

describe("a verb", () => {
  const alone = (line: string) => stack.shell(`STACK= ${line}`);

  test("knows the only stack that is up, and says which", async () => {
    const { code, stdout, stderr } = await alone("npm run --silent ssh -- web-0 hostname");
    expect([code, stdout.trim(), stderr]).toEqual([0, expect.stringContaining("web-0"), `stack ${stack.name}, the only one that is up\n`]);
  }, 30_000);

  test("refuses a stack, a host and a log that there is none of, by name and with those there are", async () => {
    const [status, ssh, logs] = await Promise.all([
      alone(`npm run --silent status -- ${stack.name}x`),
      alone("npm run --silent ssh -- mysit"),
      alone("npm run --silent logs -- webb"),
    ]);
    expect([status.code, status.stderr]).toEqual([1, expect.stringContaining(`did you mean ${stack.name}?`)]);
    expect([ssh.code, ssh.stderr]).toEqual([
      1,
      expect.stringContaining(`"mysit" is no host of the stack ${stack.name}, which has web-0, and no stack`),
    ]);
    expect([logs.code, logs.stderr]).toEqual([
      1,
      expect.stringContaining("there is no service or job webb on this host; there are: nginx, web, "),
    ]);
  }, 30_000);
});

test("a stack's file that was taken back to one without secrets gets those of its hosts again from the state", async () => {
  const whole = stack.whole();
  stack.restore(whole.replace(/^encryptionsalt: .*\n/m, "").replace(/^ {2}webstack:\w+:\n {4}secure: .*\n/gm, ""));
  const lost = await stack.npm("secret", stack.name, "list");
  expect(lost.stdout).toMatch(/^ {2}sshPrivateKey +IS MISSING$/m);
  const another = await stack.npm("key", stack.name);
  expect([another.code, another.stderr]).toEqual([
    1,
    `webstack: the hosts of ${stack.name} know a key that .webstack/Pulumi.${stack.name}.yaml has lost, and no other opens them; ` +
      `npm run secret -- ${stack.name} recover takes it from the state\n`,
  ]);
  const found = await stack.npm("secret", stack.name, "recover");
  expect([found.code, found.stdout]).toEqual([0, expect.stringMatching(/DJANGO_SECRET_KEY.*sshPrivateKey: set again, encrypted/)]);
  const known = await stack.npm("ssh", stack.name, "web-0", "sudo", "grep", "-o", "^DJANGO_SECRET_KEY=.*", "/etc/webstack/env");
  const value = await stack.npm("pulumi", stack.name, "config", "get", "DJANGO_SECRET_KEY");
  expect([known.code, known.stdout]).toEqual([0, `DJANGO_SECRET_KEY="${value.stdout.trim()}"\n`]);
  stack.restore(whole);
}, 120_000);

test("the key of a stack of this box stays while it is up, since its machines would not; its public half is shown", async () => {
  const made = await run("ssh-keygen", ["-y", "-f", join(stack.folder, "key")]);
  const before = readStack(stack.name, stack.folder);
  const [shown, replaced, set] = [
    await stack.npm("key", stack.name),
    await stack.npm("key", stack.name, "--replace"),
    await stack.shell(`npm run --silent secret -- ${stack.name} set sshPrivateKey < key`),
  ];
  expect([shown.code, shown.stdout.split(" ").slice(0, 2)]).toEqual([0, made.stdout.trim().split(" ").slice(0, 2)]);
  expect([replaced.code, replaced.stdout, replaced.stderr]).toEqual([
    1,
    "",
    `webstack: the key of ${stack.name} stays while it is up: its machines that keep data let no other in, and the others would be ` +
      `made anew; npm run down -- ${stack.name} first\n`,
  ]);
  expect([set.code, set.stderr]).toEqual([
    1,
    expect.stringContaining("sshPrivateKey: is set already, and hosts that know it alone would be closed; "),
  ]);
  expect(readStack(stack.name, stack.folder)).toEqual(before);
}, 120_000);

describe("its units", () => {
  test.each([
    ["web@%s.service", 1.2],
    ["nginx.service", 1.6],
  ])("%s scores at most %f and serves", async (template, limit) => {
    const unit = template.replace("%s", await stack.servingSlot());
    const line = (await stack.remote(`systemd-analyze security ${unit} --no-pager`)).split("\n").at(-1) ?? "";
    const score = Number(/: ([\d.]+) /.exec(line)?.[1]);
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThanOrEqual(limit);
    expect((await ask(site)).status).toBe(200);
    expect(await stack.property(unit, "NRestarts")).toBe("0");
    expect(await stack.remote(`sudo journalctl -u ${unit} --no-pager | grep -c 'terminated due to signal' || true`)).toMatch(/^0$/m);
  });

  test("its socket is closed to others and its process is not root", async () => {
    const slot = await stack.servingSlot();
    expect(await stack.remote(`sudo stat -c '%a %U %G' /run/webstack/web-${slot}.sock`)).toBe("660 ocpizza www-data");
    const pid = await stack.property(`web@${slot}.service`, "MainPID");
    expect(await stack.remote(`ps -o user= -p ${pid}`)).toBe("ocpizza");
    expect(
      await stack.remote(
        "sudo find /srv/webstack/releases /srv/webstack/runtimes \\( -user ocpizza -o -perm -o+w \\) ! -type l -print -quit",
      ),
    ).toBe("");
  });

  test("out of memory, a worker goes before its master", async () => {
    const pid = await stack.property(`web@${await stack.servingSlot()}.service`, "MainPID");
    const [master, ...workers] = (await stack.remote(`for p in ${pid} $(pgrep -P ${pid}); do sudo cat /proc/$p/oom_score_adj; done`))
      .split("\n")
      .map(Number);
    expect(workers).toEqual(Array(3).fill(Number(master) + 300));
  });
});

describe("a second up", () => {
  test("changes nothing and takes no action on a machine", async () => {
    const log = await stack.remote("sudo cat /var/log/webstack/deploy_logs.jsonl");
    const { stdout } = await stack.mustUp();
    expect(stdout).toMatch(/\n {4}\d+ unchanged\n/);
    expect(stdout).not.toMatch(/updated|created|replaced|deleted/);
    expect(await stack.remote("sudo cat /var/log/webstack/deploy_logs.jsonl")).toBe(log);
  }, 60_000);

  test("with one worker more changes one unit, replaces nothing and fails no request", async () => {
    const machine = await stack.property("nginx.service", "MainPID");
    stack.change({
      services: { web: { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 4, memoryMiB: 384, health: { live: "/livez" } } },
    });
    const {
      done: { stdout },
      failed,
      requests,
    } = await underLoad(`${site}healthz`, 50, () => stack.mustUp());
    expect(stdout).not.toMatch(/replaced|created|deleted/);
    // hostctl's own count of the files it changed.
    expect(stdout).toContain("1 written, 0 removed");
    expect([failed, requests > 100]).toEqual([[], true]);
    expect(await stack.remote("grep -o -e '--workers [0-9]*' /etc/systemd/system/web@.service")).toBe("--workers 4");
    expect(await stack.remote(`pgrep -c -P $(systemctl show web@${await stack.servingSlot()}.service -p MainPID --value)`)).toBe("4");
    // nginx was reloaded, never restarted.
    expect(await stack.property("nginx.service", "MainPID")).toBe(machine);
  }, 90_000);
});

describe("what is refused leaves the old site serving", () => {
  test("a bundle with a broken nginx file", async () => {
    const manifest = await storedManifest();
    const files = manifest.files.map((entry) => {
      if (entry.path !== "/etc/nginx/webstack/site.conf") return entry;
      const content = `${entry.content}\nserver { listen 80; broken`;
      return { ...entry, content, sha256: createHash("sha256").update(content).digest("hex") };
    });
    const before = await stack.remote("sudo sha256sum /etc/nginx/webstack/site.conf");
    const { code, stdout, stderr } = await apply({ ...manifest, files });
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("site.conf");
    expect(await stack.remote("sudo sha256sum /etc/nginx/webstack/site.conf")).toBe(before);
    expect((await ask(site)).status).toBe(200);
    expect((await stack.ssh("sudo hostctl verify")).code).toBe(0);
  }, 60_000);

  test("a release whose health gate fails", async () => {
    const { release } = await stack.outputs();
    const settings = join(stack.app, "ocpizza/urls.py");
    const good = readFileSync(settings, "utf8");
    appendFileSync(settings, "\nurlpatterns = []\n");
    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/healthz/);
    expect((await ask(site)).status).toBe(200);
    expect(await stack.remote("readlink /srv/webstack/current")).toContain(release);
    writeFileSync(settings, good);
  }, 180_000);

  test("a release that does not start, and up says why in the app's own last words", async () => {
    const file = join(stack.app, "ocpizza/wsgi.py");
    const good = readFileSync(file, "utf8");
    // More lines than are shown.
    writeFileSync(file, `${good}\nfor line in range(100):\n    print("line", line, flush=True)\nimport nothing_of_the_kind\n`);
    const { release } = await stack.outputs();
    const refused = await stack.npm("up", stack.name);
    writeFileSync(file, good);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).not.toMatch(/^ +- siteUrl/m);
    expect(refused.stderr.trimEnd().split("\n").slice(-3)).toEqual([
      `  failed  web-0-apply; npm run logs -- ${stack.name} deploy has every step of it`,
      "  why     ModuleNotFoundError: No module named 'nothing_of_the_kind'",
      expect.stringMatching(`^  serves  release ${release} serves on; the page: 200 OK, `),
    ]);
    expect((await ask(site)).status).toBe(200);
  }, 180_000);

  test("a deployment of a stopped site, which is as stopped as before, starts when told to, and serves after a power cut", async () => {
    const manifest = await storedManifest();
    const units = [...manifest.units, "web@blue.socket", "web@blue.service", "web@green.socket", "web@green.service"].join(" ");
    const states = () => stack.remote(`systemctl show --property=Id,ActiveState,UnitFileState -- ${units}`);
    await stack.remote("sudo hostctl stop");
    const stopped = await states();
    expect(stopped).toMatch(/Id=nginx.service\nActiveState=inactive\nUnitFileState=enabled\n/);
    // It fails at its last word: the new slot and nginx run by then.
    const refused = await apply({ ...manifest, units: [...manifest.units, "nowhere.service"] });
    expect([refused.code, refused.stdout]).toEqual([
      1,
      expect.stringMatching(/Website-connection-web > CORRECT[^]*Units-activation > ERROR[^]*Old-state-restoration > CORRECT/),
    ]);
    expect(await states()).toBe(stopped);
    await stack.remote("sudo hostctl start");
    expect((await ask(site)).status).toBe(200);
    const machine = `webstack-${stack.name}-web-0`;
    const stored = storedMachine(machine);
    if (stored === undefined) throw new Error(`${machine} has no folder`);
    await stop(machine);
    start(stored);
    expect(await awaitOk(`${site}healthz`, 30)).toBeLessThan(30);
    expect(await stack.remote("sudo hostctl verify")).toBe("as declared");
  }, 120_000);
});

describe("nginx", () => {
  const unit = "/etc/systemd/system/nginx.service";
  const port = (number: number) => `nginx@${number}.socket`;
  const main = () => stack.property("nginx.service", "MainPID");
  const masters = () => stack.remote("pgrep -fc '^nginx: master process'");
  const underVisits = <T>(work: () => Promise<T>) => underLoad(`${site}healthz`, 60, work);

  /** The manifest with another text of nginx's unit, and other sockets. */
  const changed = (manifest: Manifest, change: (text: string) => string, sockets = [port(80)]): Manifest => ({
    ...manifest,
    units: manifest.units.flatMap((name) => (name === port(80) ? sockets : [name])),
    files: manifest.files.map((entry) => {
      if (entry.path !== unit) return entry;
      const content = change(entry.content).replace(/^Sockets=.*$/m, `Sockets=${sockets.join(" ")}`);
      return { ...entry, content, sha256: createHash("sha256").update(content).digest("hex") };
    }),
  });

  /** A host as it was before nginx had sockets. */
  const older = (manifest: Manifest): Manifest => {
    const text = (now: string) =>
      now
        .replace(/^(Sockets|NonBlocking|SuccessExitStatus|ExecStopPost)=.*\n/gm, "")
        .replace("/usr/local/lib/webstack/nginx-start", '/usr/sbin/nginx -g "daemon off;"')
        .replace("KillSignal=SIGVTALRM", "KillSignal=SIGQUIT")
        .replace("KillMode=process", "KillMode=mixed")
        .replace("TimeoutStopSec=10", "TimeoutStopSec=30");
    const { files, ...rest } = changed(manifest, text, []);
    return { ...rest, files: files.filter(({ path }) => !/\/nginx(@|-local@)\.socket$|\/nginx-(start|leave)$/.test(path)) };
  };

  test("is not held up by pipes that stand in the place of its logs, nor is a certificate's order", async () => {
    await stack.remote(
      "sudo -u www-data sh -c 'cd /var/log/nginx && rm error.log access.log && mkfifo error.log && ln -s /etc/hostname access.log'",
    );
    await stack.remote("sudo timeout 20 /usr/local/lib/webstack/nginx-check && sudo timeout 20 systemctl restart nginx.service");
    // A folder would end its start, and a pipe hold up the next day's logrotate for ever.
    await stack.remote(
      "sudo -u www-data sh -c 'cd /var/log/nginx && rm access.log && mkdir -p access.log/inner; cd /run/nginx && rm nginx.pid && " +
        "mkdir -p nginx.pid/inner; cd /var/lib/nginx && rm -r body && mkfifo body'",
    );
    await stack.remote("sudo timeout 20 systemctl restart nginx.service");
    expect(await stack.remote("sudo stat --format='%F' /run/nginx/nginx.pid /var/lib/nginx/body")).toBe("regular file\ndirectory");
    await stack.remote("sudo -u www-data sh -c 'cd /run/nginx && rm nginx.pid && mkdir -p nginx.pid/inner'");
    await stack.remote("sudo timeout 20 /usr/local/lib/webstack/nginx-check");
    await stack.remote("sudo -u www-data sh -c 'cd /var/log/nginx && rm -f access.log.1 && mkfifo access.log.1'");
    expect((await ask(site)).status).toBe(200);
    await stack.remote("sudo timeout 20 logrotate --force --state /tmp/rotated /etc/logrotate.d/nginx");
    expect(await stack.remote("stat --format='%F %U' /var/log/nginx/error.log; cat /etc/hostname | wc -l")).toMatch(
      /^regular (empty )?file www-data\n1$/,
    );
    expect((await ask(site)).status).toBe(200);
  }, 60_000);

  test("has the ports that systemd holds, none of which makes a process wait that finds its connection taken", async () => {
    const script =
      "for n in 3 4; do fd=/proc/$(systemctl show nginx.service -p MainPID --value)/fd; readlink $fd/$n; readlink /proc/1/fd/* | " +
      "grep -Fx $(readlink $fd/$n); grep flags ${fd}info/$n; done";
    const [http, same, flags, http6, same6, flags6, ...more] = (await stack.remote(`sudo sh -c '${script}'`)).split("\n");
    expect([http, http6, more]).toEqual([same, same6, []]);
    // O_NONBLOCK is 04000.
    expect([flags, flags6]).toEqual(Array(2).fill(expect.stringMatching(/^flags:\s+0\d*4\d{3}$/)));
  });

  test("with another unit starts anew, refuses nobody and keeps a slow reader", async () => {
    const [manifest, before] = [await storedManifest(), await main()];
    const style = /static\/[^"]+\.[0-9a-f]{12}\.css/.exec((await ask(site)).body)?.[0];
    const reader = run("curl", [
      "-sS",
      "--limit-rate",
      "400",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code} %{size_download} %header{content-length}",
      `${site}${style}`,
    ]);
    const { done, failed, requests, longest } = await underVisits(() =>
      apply(changed(manifest, (text) => text.replace("MemoryMax=256M", "MemoryMax=300M"))),
    );
    expect([done.code, failed, requests > 60]).toEqual([0, [], true]);
    // Nobody waits for the requests that the old workers still have.
    expect(longest).toBeLessThan(5000);
    expect(await main()).not.toBe(before);
    expect(await stack.property("nginx.service", "MemoryMax")).toBe(String(300 << 20));
    expect((await reader).stdout).toMatch(/^200 (\d{4,}) \1$/);
    expect((await apply(manifest)).code).toBe(0);
  }, 60_000);

  test("is upgraded by the scripts of its packages, and refuses nobody", async () => {
    const before = await main();
    const { done, failed } = await underVisits(() =>
      stack.ssh(
        "for one in nginx-common nginx; do sudo DEBIAN_FRONTEND=noninteractive /var/lib/dpkg/info/$one.postinst configure " +
          `${debians[suiteDebian()].nginx}.0 || exit; done`,
      ),
    );
    expect([done.code, failed]).toEqual([0, []]);
    expect(await main()).not.toBe(before);
    expect(await masters()).toBe("1");
    expect(await stack.property("nginx.service", "ActiveState")).toBe("active");
  }, 60_000);

  test("gets a port more and gives it back while the others wait for nothing", async () => {
    const manifest = await storedManifest();
    const listens = async () =>
      (await stack.remote("sudo ss -Hlnt '( sport = :443 or sport = :80 )' | awk '{print $4}' | sort")).split("\n");
    for (const ports of [[80, 443], [80]]) {
      const { done, failed } = await underVisits(() => apply(changed(manifest, (text) => text, ports.map(port))));
      expect([done.code, failed]).toEqual([0, []]);
      expect(await listens()).toEqual(ports.flatMap((number) => [`0.0.0.0:${number}`, `[::]:${number}`]).sort());
    }
  }, 90_000);

  testAtNight(
    "site",
    "that held its ports itself hands them to systemd, in one moment",
    async () => {
      const manifest = await storedManifest();
      expect((await apply(older(manifest))).code).toBe(0);
      expect(await stack.remote(`systemctl is-active ${port(80)} nginx.service; true`)).toBe("inactive\nactive");
      const { done, failed, requests } = await underVisits(() => apply(manifest));
      process.stdout.write(`nginx hands its ports to systemd: ${failed.length} of ${requests} requests failed\n`);
      expect([done.code, done.stderr]).toEqual([0, ""]);
      // Refused, or reset where nobody had taken them yet; none that nginx had begun to answer.
      expect(failed.filter((words) => !/ECONNREFUSED|ECONNRESET/.test(words))).toEqual([]);
      expect(failed.length).toBeLessThan(60);
      expect(await stack.remote(`systemctl is-active ${port(80)} nginx.service`)).toBe("active\nactive");
      expect((await stack.ssh("sudo hostctl verify")).code).toBe(0);
    },
    60_000,
  );

  testAtNight(
    "site",
    "takes them back where the apply fails after that moment, and not a moment before",
    async () => {
      const manifest = await storedManifest();
      expect((await apply(older(manifest))).code).toBe(0);
      const states = () => stack.remote(`systemctl show --property=Id,ActiveState,UnitFileState,FragmentPath -- ${port(80)} nginx.service`);
      const before = await states();
      const refused = await apply({ ...manifest, units: [...manifest.units, "nowhere.service"] });
      expect([refused.code, refused.stdout]).toEqual([
        1,
        expect.stringMatching(/Website-connection-web > CORRECT[^]*Old-state-restoration > CORRECT/),
      ]);
      expect([await states(), (await ask(`${site}healthz`)).status]).toEqual([before, 200]);

      const master = await main();
      const missing = { path: "/etc/systemd/system/web@.service", content: "[Service]\nExecStart=/nowhere\n" };
      const files = manifest.files.map((entry) =>
        entry.path === missing.path
          ? { ...entry, content: missing.content, sha256: createHash("sha256").update(missing.content).digest("hex") }
          : entry,
      );
      const { done, failed } = await underVisits(() => apply({ ...manifest, files }));
      expect([done.code, failed, await states(), await main()]).toEqual([1, [], before, master]);

      expect((await apply(manifest)).code).toBe(0);
      expect((await stack.ssh("sudo hostctl verify")).code).toBe(0);
    },
    90_000,
  );
});

describe("a new release", () => {
  let first = "";

  test("serves after up, and its log says so in both forms", async () => {
    first = (await stack.outputs()).release;
    appendFileSync(join(stack.app, "ocpizza/urls.py"), "\n# a second release\n");
    await stack.mustUp();
    const { release } = await stack.outputs();
    expect(release).not.toBe(first);
    expect(await stack.remote("readlink /srv/webstack/current")).toContain(release);
    const log = (await stack.remote("sudo cat /var/log/webstack/deploy_logs")).split("\n");
    expect(log.find((line) => line.startsWith("# "))).toMatch(/^# Step \d+ : [A-Z]+$/);
    // What a step's program printed stands below its event, indented.
    const events = log.filter((line) => !line.startsWith("# ") && !line.startsWith("    "));
    for (const line of events) expect(line).toMatch(/^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{3} : \S.* > (CORRECT|ERROR)$/);
    const lines = (await stack.remote("sudo tail -1 /var/log/webstack/deploy_logs.jsonl")).trim();
    expect(JSON.parse(lines)).toMatchObject({ ok: true });
  }, 90_000);

  test("goes back in one word", async () => {
    await stack.remote("sudo hostctl rollback");
    expect(await stack.remote("readlink /srv/webstack/current")).toContain(first);
    expect((await ask(site)).status).toBe(200);
    const { code, stdout } = await stack.ssh("sudo hostctl verify");
    expect(code).toBe(3);
    expect(stdout).toContain(first);
  }, 60_000);

  test("comes again by the next up, which says what it found, and the one after has nothing to do", async () => {
    const { release } = await stack.outputs();
    const finding = `web-0 serves release ${first}, not the declared ${release}`;
    const preview = await stack.preview();
    expect(preview.stdout).toContain(`${finding}: up applies it again`);
    expect(preview.stdout).toMatch(/~ +command:remote:Command +web-0-apply +update/);
    expect(await stack.remote("readlink /srv/webstack/current")).toContain(first);

    const again = await stack.npm("up", stack.name);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining(`${finding}: it is applied again`)]);
    expect(again.stdout).not.toMatch(/created|replaced|deleted/);
    expect(await stack.remote("readlink /srv/webstack/current")).toContain(release);
    expect((await stack.mustUp()).stdout).toMatch(/\n {4}\d+ unchanged\n/);
  }, 90_000);

  test("so does a file that was changed by hand", async () => {
    const file = "/etc/nginx/webstack/site.conf";
    const declared = await stack.remote(`sudo sha256sum ${file}`);
    const source = await stack.remote("readlink -f /srv/webstack/current/ocpizza/urls.py");
    await stack.remote(`echo '# by hand' | sudo tee --append ${file} ${source} ${source}.old`);
    expect((await stack.ssh("sudo hostctl verify")).stdout.split("\n")).toEqual(
      expect.arrayContaining([
        `${file}: has other content`,
        `${source}: has other content`,
        `${source}.old: is no part of the release`,
        "service web: files of its release differ",
      ]),
    );
    const { stdout } = await stack.mustUp();
    expect(stdout).toMatch(
      new RegExp(`web-0 is no longer as it was applied \\(${file}: has other content, and \\d more\\): it is applied again`),
    );
    expect(await stack.remote(`sudo sha256sum ${file}`)).toBe(declared);
    expect(await stack.remote(`tail -1 ${source}`)).not.toBe("# by hand");
    expect((await stack.npm("drift", stack.name)).stdout).toContain(`${stack.name} is as declared.`);
  }, 90_000);
});

describe("what is killed comes back", () => {
  test("a worker", async () => {
    const slot = await stack.servingSlot();
    const master = await stack.property(`web@${slot}.service`, "MainPID");
    const workers = await stack.remote(`pgrep -P ${master}`);
    const { failed } = await underLoad(`${site}healthz`, 60, () => stack.remote(`sudo kill -9 ${workers.split("\n")[0]}; sleep 2`));
    expect(failed).toEqual([]);
    expect((await stack.remote(`pgrep -P ${master}`)).split("\n")).toHaveLength(workers.split("\n").length);
  }, 30_000);

  test("gunicorn's master, and no request fails", async () => {
    const unit = `web@${await stack.servingSlot()}.service`;
    const master = await stack.property(unit, "MainPID");
    const { failed, requests } = await underLoad(`${site}healthz`, 60, () => stack.remote(`sudo kill -9 ${master}; sleep 4`));
    expect([failed, requests > 200]).toEqual([[], true]);
    expect(await stack.property(unit, "MainPID")).not.toBe(master);
  }, 30_000);

  test("the machine, by the next up, with its data", async () => {
    const restaurants = (await ask(`${site}restaurants`)).body;
    const machine = `webstack-${stack.name}-web-0`;
    cutPower(machine);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expect(ask(site)).rejects.toThrow();
    const began = Date.now();
    const status = await stack.npm("status", stack.name);
    process.stdout.write(`status of a dead host: ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
    // Neither a login, which is tried twice and takes 20 s, nor its page, which takes 10.
    expect([status.code, status.stdout]).toEqual([
      1,
      expect.stringContaining(`DOES NOT ANSWER; npm run up -- ${stack.name} starts it again, with its data`),
    ]);
    expect(status.stdout).toContain("page     not asked for: no host answers");
    // It is asked only when it has booted, and is as it was.
    expect((await stack.mustUp()).stdout).not.toMatch(/could not be asked|applied again/);
    expect(await awaitOk(`${site}healthz`, 20)).toBeLessThan(20);
    expect((await ask(`${site}restaurants`)).body).toBe(restaurants);
  }, 120_000);
});

describe("what a power cut emptied is refused, and delivered anew by the command in the message", () => {
  const replaced = (said: string): string => {
    const resource = /npm run up -- \S+ --replace '([^']+)'/.exec(said)?.[1];
    if (resource === undefined) throw new Error(`names no resource: ${said}`);
    return resource;
  };

  test("hostctl, whose units fail", async () => {
    await stack.remote("sudo find /usr/local/lib/webstack -path '*hostctl*' -name '*.py' -exec truncate -s 0 {} +");
    const refused = await stack.ssh("sudo hostctl status");
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    for (const unit of ["webstack-watch", "webstack-recover"]) {
      await stack.remote("sudo mkdir -p /var/lib/webstack/undo.done");
      expect((await stack.ssh(`sudo systemctl start ${unit}`)).code).toBe(1);
      expect(await stack.property(`${unit}.service`, "Result")).toBe("exit-code");
    }
    await stack.mustUp("--replace", replaced(refused.stderr));
    await stack.remote(
      "sudo mkdir /var/lib/webstack/undo.done && sudo systemctl start webstack-watch webstack-recover && sudo rmdir " +
        "/var/lib/webstack/undo.done",
    );
    expect((await stack.ssh("sudo hostctl verify")).stdout).toBe("as declared\n");
  }, 120_000);

  test("a bundle", async () => {
    await stack.remote("truncate -s 0 /var/lib/webstack/inbox/*.bundle");
    const refused = await stack.up("--replace", "**-apply");
    expect(refused.code).not.toBe(0);
    const bundle = replaced(refused.stdout);
    expect(bundle).toBe("**-bundle");
    await stack.mustUp("--replace", bundle);
  }, 120_000);

  test("a release", async () => {
    const { release } = await stack.outputs();
    const inbox = "/var/lib/webstack/inbox";
    await stack.mustUp("--replace", "**-release");
    const whole = await stack.remote(`sha256sum ${inbox}/${release}.tar.gz`);
    await stack.remote(`truncate -s 0 ${inbox}/${release}.tar.gz ${inbox}/0123456789abcdef.tar.gz`);
    const refused = await stack.ssh("sudo hostctl release 0123456789abcdef");
    expect(refused.code).toBe(1);
    await stack.mustUp("--replace", replaced(refused.stderr));
    expect(await stack.remote(`sha256sum ${inbox}/${release}.tar.gz`)).toBe(whole);
  }, 120_000);
});

testAtNight(
  "site",
  "the data move to a machine with the PostgreSQL of the Debian before, and back with what was written since; visitors get the maintenance page meanwhile",
  async () => {
    const [product] = (JSON.parse((await ask(`${site}products`)).body) as { products: { id: number }[] }).products;
    const [restaurant] = (JSON.parse((await ask(`${site}restaurants`)).body) as { restaurants: { id: number }[] }).restaurants;
    const order = async () =>
      JSON.parse(
        (
          await ask(`${site}orders`, {
            method: "POST",
            json: { restaurant: restaurant?.id, name: "Ada", lines: [{ product: product?.id, quantity: 2 }] },
          })
        ).body,
      ) as { id: string };
    const psql = async (question: string) =>
      stack.remote("cd / && sudo -u postgres psql -XAt -d ocpizza", { stdin: question, address: (await stack.outputs()).database.host });
    const orders = () => psql("select count(*) from shop_order");
    const machines = () => ["database-0", "database-1"].filter((name) => isRunning(`webstack-${stack.name}-${name}`));
    const first = await order();

    stack.change({ database: { version: debians["debian-12"].postgres } });
    const refused = await stack.up();
    expect([refused.code === 0, refused.stdout + refused.stderr]).toEqual([
      false,
      expect.stringContaining(`database.version: must be "17", which database-0 has, got "15"; `),
    ]);

    const move = async () => {
      const began = Date.now();
      const seen = await visitors(() => ask(`${site}products`), stack.npm("upgrade", stack.name));
      const closed = seen.failed.filter((answer) => answer.startsWith("503") && answer.includes("The database is being moved"));
      process.stdout.write(
        `moved in ${((Date.now() - began) / 1000).toFixed(1)} s; of ${seen.answers} visitors ${closed.length} got the maintenance ` +
          `page, ${seen.failed.length - closed.length} something else\n`,
      );
      expect([seen.done.code, seen.done.stderr]).toEqual([0, expect.any(String)]);
      expect(seen.failed.filter((answer) => !closed.includes(answer))).toEqual([]);
      return seen.done.stdout;
    };
    const had = await orders();
    expect(await move()).toContain("are at database-1, postgres 15.");
    expect([await psql("show server_version_num"), await orders()]).toEqual([expect.stringMatching(/^15/), had]);
    expect(machines()).toEqual(["database-1"]);
    expect((await ask(`${site}orders/${first.id}`)).status).toBe(200);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    const second = await order();

    stack.change({ database: { version: debians["debian-13"].postgres } });
    expect(await move()).toContain("are at database-0, postgres 17.");
    expect([await psql("show server_version_num"), await orders()]).toEqual([expect.stringMatching(/^17/), String(Number(had) + 1)]);
    for (const { id } of [first, second]) expect((await ask(`${site}orders/${id}`)).status).toBe(200);
    expect(await psql("select count(*) from pg_database where datname like 'ocpizza_before_%'")).toBe("1");
    expect(machines()).toEqual(["database-0"]);
    const dropped = await stack.npm("upgrade", stack.name, "--drop-old");
    expect([dropped.code, dropped.stdout]).toEqual([
      0,
      expect.stringContaining(`The machine that the data of ${stack.name} have left is gone.`),
    ]);
    expect(storedMachine(`webstack-${stack.name}-database-1`)).toBeUndefined();
  },
  600_000,
);

// The default has no other to go to. A stack of this box has one address and no gate: its site is away while the machine is made anew.
if (suiteDebian() !== defaultDebian)
  test("the default Debian takes this one's place and leaves it again; the database's machine runs on, and nobody gets a wrong page", async () => {
    const menu = async () => (await ask(`${site}restaurants`)).body;
    const database = async () => stack.remote("stat -c %Y /proc/1", { address: (await stack.outputs()).database.host });
    const before = [await database(), await menu()];
    for (const debian of [defaultDebian, suiteDebian()]) {
      stack.change({ host: { image: debian } });
      const { answers, failed } = await visitors(() => ask(`${site}products`), stack.mustUp());
      process.stdout.write(`${debian}: ${failed.length} of ${answers} visitors came while the site was away\n`);
      expect(failed.filter((words) => !/ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ETIMEDOUT|socket hang up|no answer in/.test(words))).toEqual(
        [],
      );
      expect(await stack.remote(". /etc/os-release; echo $VERSION_ID")).toBe(versionId(debian));
      expect([await database(), await menu()]).toEqual(before);
      expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    }
  }, 600_000);

/** ssh-audit's policy for each, and the key exchanges that it does not name and that the library delivering releases speaks. */
const sshPolicies = {
  "debian-12": ["Hardened Debian 12 (version 3)", []],
  "debian-13": ["Hardened Debian 13 (version 1)", ["curve25519-sha256", "curve25519-sha256@libssh.org"]],
} as const;

test("its SSH follows ssh-audit's policy for its Debian, hardened, with Curve25519 beside it", async () => {
  const [policy, added] = sshPolicies[suiteDebian()];
  // OpenSSH shuts out for some minutes whom it saw come and go like this, so nothing asks it afterwards.
  const { stdout } = await run(findScanner("ssh-audit"), ["--json", "--policy", policy, "10.84.1.10"]);
  const { errors } = JSON.parse(stdout) as { errors: { mismatched_field: string; expected_required: string[]; actual: string[] }[] };
  const beyond = errors.map(({ mismatched_field, expected_required, actual }) => [
    mismatched_field,
    actual.filter((one) => !expected_required.includes(one)),
    expected_required.filter((one) => !actual.includes(one)),
  ]);
  expect(beyond).toEqual(added.length === 0 ? [] : [["Key exchanges", added, []]]);
}, 60_000);

test("down leaves no process, bridge, nft table, mount or folder", async () => {
  const existed = await run("sh", [
    "-c",
    `ip -o address | grep -cF 10.84.1.; nft list tables | grep -cF ${stack.name}; ls -d /var/lib/webstack/machines/*${stack.name}* | wc -l`,
  ]);
  expect(existed.stdout).toBe("1\n2\n2\n");
  const down = await stack.npm("down", stack.name);
  expect([down.code, down.stdout]).toEqual([
    0,
    expect.stringContaining(`Stack ${stack.name} is down: its machines and its network are gone.`),
  ]);
  expect(down.stdout).toMatch(/\nNothing of its data is left\.\n/);
  const left = await run("sh", [
    "-c",
    [
      `ps -eo args | grep -E '^[^ ]*systemd-nspawn .*${stack.name}'`,
      "ip -o address | grep -F 10.84.1.",
      `nft list tables | grep -F ${stack.name}`,
      `mount | grep -F ${stack.name}`,
      `ls -d /var/lib/webstack/machines/*${stack.name}* 2>/dev/null`,
      `find /sys/fs/cgroup -maxdepth 4 -name '*${stack.name}*'`,
    ].join("; "),
  ]);
  expect(left.stdout).toBe("");
  const again = await stack.npm("down", stack.name);
  expect([again.code, again.stdout]).toEqual([0, `Stack ${stack.name} is not up: there is nothing to delete.\n`]);
  writeFileSync(join(stack.folder, "Pulumi.never.yaml"), "config: {}\n");
  const never = await stack.npm("down", "never");
  expect([never.code, never.stderr]).toEqual([
    1,
    expect.stringMatching(/^webstack: stack never was never brought up; npm run up -- never does that/),
  ]);
}, 120_000);
