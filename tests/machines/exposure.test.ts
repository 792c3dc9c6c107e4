/** A site with TLS, backups and jobs, as strangers and scanners see it. Limit: the scanners judge what they know, in a container. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../../tools/setup/folders";
import { FaultSite } from "./faults/site";
import { ask } from "./http";
import { testAtNight } from "./rows";
import { run } from "./stack";
import { everyStatus, secured } from "./statuses";
import { Stranger } from "./stranger";

const site = new FaultSite("edge", 14050);
const { stack, address, url } = site;
let stranger: Stranger;
let scan: Promise<Readonly<Record<string, readonly number[]>>>;

beforeAll(async () => {
  await site.up();
  stranger = await Stranger.arrive(`${stack.name}-stranger`, `${site.network}.1`, `${site.network}.200`);
  // It waits most of its time, so the other tests go on meanwhile.
  scan = stranger.openPorts(address, site.databaseHost, site.backupAddress);
}, 400_000);

afterAll(async () => {
  await stranger?.leave();
  await site.down();
}, 120_000);

test("every status has the security headers, each once, over TLS with HSTS", async () => {
  const answers = await everyStatus({ stack, url, address });
  expect([...answers].map(([name, { status }]) => [name, status])).toEqual(
    [...answers.keys()].map((name) => [name, Number(name.slice(0, 3))]),
  );
  expect([...answers].filter(([name]) => !name.startsWith("304")).map(([name, { headers }]) => ({ name, ...headers }))).toEqual(
    [...answers.keys()]
      .filter((name) => !name.startsWith("304"))
      .map((name) => expect.objectContaining({ name, ...secured, "strict-transport-security": "max-age=63072000" }) as object),
  );
  // nginx leaves out of a 304 what the stored 200 has: RFC 9110, 15.4.5.
  expect(answers.get("503 too many")?.headers["retry-after"]).toBe("2");
  expect((await stack.ssh("sudo hostctl verify")).stdout).toBe("as declared\n");
}, 90_000);

test("the way from http to https has them too, without HSTS, and goes on during maintenance, as does the way of a certificate", async () => {
  await stack.remote("sudo hostctl maintenance on --message closed");
  try {
    const led = await ask("http://shop.test/orders?x=1", { address });
    expect([led.status, led.headers.location]).toEqual([301, `${url}orders?x=1`]);
    expect(led.headers).toMatchObject(secured);
    expect(led.headers).not.toHaveProperty("strict-transport-security");
    const page = await ask(url, { address, ca: site.root });
    expect([page.status, page.headers["retry-after"], page.headers["strict-transport-security"]]).toEqual([503, "300", "max-age=63072000"]);
    expect(JSON.parse((await ask(`${url}maintenance.json`, { address, ca: site.root })).body)).toMatchObject({
      maintenance: true,
      message: "closed",
    });
    expect((await ask("http://shop.test/.well-known/acme-challenge/none", { address })).status).toBe(404);
    await stack.remote("sudo hostctl renew");
  } finally {
    await stack.remote("sudo hostctl maintenance off");
  }
  expect((await ask(url, { address, ca: site.root })).status).toBe(200);
}, 60_000);

test("every unit of ours scores at most 2.0, the site's own 1.2 and 1.6", async () => {
  const own = (await stack.remote("find /etc/systemd/system -maxdepth 1 -type f -name '*.service' -printf '%f\n' | sort")).split("\n");
  const units = [...own.filter((unit) => !unit.includes("@")), await site.unit()];
  const score = async (unit: string) =>
    Number(/: (\d+\.\d) /.exec((await stack.remote(`systemd-analyze security ${unit} --no-pager`)).split("\n").at(-1) ?? "")?.[1]);
  const scores: Record<string, number> = {};
  for (const unit of units) scores[unit] = await score(unit);
  process.stdout.write(`${JSON.stringify(scores, null, 1)}\n`);
  expect(Object.keys(scores)).toEqual(
    expect.arrayContaining([
      "webstack-backup.service",
      "webstack-drill.service",
      "webstack-certificate.service",
      "webstack-integrity.service",
      "webstack-pause.service",
      "webstack-recover.service",
      "update-city-001.service",
      "update-city-002.service",
      "update-city-003.service",
    ]),
  );
  expect(Object.entries(scores).filter(([, found]) => !(found <= 2))).toEqual([]);
  expect([scores["nginx.service"], scores[await site.unit()]].map((found) => found !== undefined)).toEqual([true, true]);
  expect(scores["nginx.service"]).toBeLessThanOrEqual(1.6);
  expect(scores[await site.unit()]).toBeLessThanOrEqual(1.2);
}, 60_000);

test("the host has the settings of its network, its timers run, and its files are as its packages brought them", async () => {
  const keys = [
    "all.forwarding",
    "all.rp_filter",
    "all.log_martians",
    "all.send_redirects",
    "default.accept_redirects",
    "default.accept_source_route",
  ];
  expect(await stack.remote(`cat ${keys.map((key) => `/proc/sys/net/ipv4/conf/${key.replace(".", "/")}`).join(" ")} | tr '\n' ' '`)).toBe(
    "0 1 1 0 0 0",
  );
  expect(
    await stack.remote(
      "systemctl is-active apt-daily.timer apt-daily-upgrade.timer webstack-integrity.timer unattended-upgrades.service; true",
    ),
  ).toBe("active\nactive\nactive\ninactive");
  expect(await stack.remote("stat -c '%a %n' /home/deploy /etc/ssh/sshd_config")).toBe("750 /home/deploy\n600 /etc/ssh/sshd_config");
  await stack.remote("sudo systemctl start webstack-integrity.service");
  await stack.remote("echo '# changed' | sudo tee -a /etc/issue > /dev/null && sudo systemctl start webstack-integrity.service");
  expect(await stack.remote("sudo journalctl --unit webstack-integrity --output cat --no-pager")).toMatch(/^f .*: \/etc\/issue$/m);
  await stack.remote("sudo cp -p /usr/bin/tsort /opt/ && echo more | sudo tee -a /usr/bin/tsort > /dev/null");
  expect((await stack.ssh("sudo systemctl start webstack-integrity.service")).code).toBe(1);
  await stack.remote(
    "sudo cp -p /opt/tsort /usr/bin/tsort && sudo sed -i '$d' /etc/issue && sudo systemctl start webstack-integrity.service && " +
      "sudo hostctl verify",
  );
}, 60_000);

test("after an upgrade the services change slots and nginx starts anew, and without one nothing happens", async () => {
  expect(await stack.remote("systemctl show apt-daily-upgrade.service --property ExecStartPost")).toContain(
    "/usr/local/lib/webstack/after-upgrade",
  );
  const nginx = () => stack.remote("systemctl show nginx.service --property MainPID --value");
  const before = [await nginx(), await site.unit()];
  await stack.remote("sudo /usr/local/lib/webstack/after-upgrade");
  expect([await nginx(), await site.unit()]).toEqual(before);
  // As dpkg does: another file under the same name.
  await stack.remote(
    "file=$(readlink -f /usr/lib/*-linux-gnu/libcrypto.so.3) && sudo cp -p $file $file.new && sudo mv $file.new $file && sudo " +
      "/usr/local/lib/webstack/after-upgrade",
  );
  const after = [await nginx(), await site.unit()];
  expect(after.map((found, index) => found !== before[index])).toEqual([true, true]);
  expect(await site.status("healthz")).toBe(200);
}, 60_000);

testAtNight(
  "exposure",
  "lynis warns of nothing on the web machine, gives it at least 83, and the documents explain what it suggests and nothing else",
  async () => {
    // Its image is as old as the box's cache of it, and the timer of updates has not come yet.
    await stack.remote("sudo apt-get -q update && sudo unattended-upgrade");
    // As its timer does half an hour after the first boot: AIDE has its record then.
    await stack.remote("sudo systemctl start webstack-integrity.service");
    // From this box, so that the machine has only what it needs.
    const packed = "tar -C / -cz usr/share/lynis usr/sbin/lynis etc/lynis | base64";
    const { stdout } = await run("sh", ["-c", packed]);
    await stack.remote("mkdir -p /tmp/lynis && base64 -d | tar -C /tmp/lynis -xz", { stdin: stdout });
    await stack.remote(
      "sudo sh -c 'cp -r /tmp/lynis/usr/share/lynis /opt/ && cp -r /tmp/lynis/usr/sbin/lynis /tmp/lynis/etc/lynis/default.prf " +
        "/tmp/lynis/etc/lynis/plugins /opt/lynis/ && chown -R root:root /opt/lynis && cd /opt/lynis && ./lynis audit system --quick " +
        "--quiet --no-colors'",
    );
    const report = await stack.remote("sudo cat /var/log/lynis-report.dat");
    const index = Number(/^hardening_index=(\d+)$/m.exec(report)?.[1]);
    const suggestions = [...report.matchAll(/^suggestion\[\]=([A-Z]+(?:-\d+)?)\|([^|]*)/gm)].map((found) => `${found[1]} ${found[2]}`);
    const warnings = [...report.matchAll(/^warning\[\]=(.*)$/gm)].map((found) => found[1]);
    process.stdout.write(`lynis: ${index}\n${suggestions.join("\n")}\n${warnings.join("\n")}\n`);
    const table = readFileSync(join(project, "docs/hardening.md"), "utf8").split("\n## lynis\n")[1] ?? "";
    const explained = [...table.matchAll(/^\| ([A-Z0-9, -]+) \|/gm)].flatMap((row) => (row[1] ?? "").split(", "));
    expect(warnings).toEqual([]);
    expect(index).toBeGreaterThanOrEqual(83);
    expect([...new Set(suggestions.map((suggestion) => suggestion.split(" ")[0]))].sort()).toEqual(explained.sort());
  },
  600_000,
);

test("a stranger finds 80 and 443 of the site open, and nothing on the machines behind it", async () => {
  expect(await scan).toEqual({ [address]: [80, 443], [site.databaseHost]: [], [site.backupAddress]: [] });
}, 180_000);
