/**
 * A site with TLS whose certificates come from a real ACME server: before the first one, with it, renewed, refused and expired.
 * The tests tell one story, in their order; the machines are of Debian 13, whose nginx has HTTP/3. Limit: one box, and a certificate
 * authority that is not Let's Encrypt.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type ConnectionOptions } from "node:tls";
import { debians } from "../../infra/config/catalog/debian";
import { findScanner } from "../../tools/scanners";
import { AcmeServer } from "./acme";
import { ask } from "./http";
import { askHttp3, underHttp3 } from "./http3";
import { underLoad } from "./load";
import { openPorts } from "./ports";
import { run, TestStack } from "./stack";

const domain = "shop.test";
const alias = "www.shop.test";
const days = 24 * 3600;
const host = "10.84.11.10";
const site = `https://${domain}/`;
const stack = new TestStack("tls", "10.84.11.0/24");
const authority = new AcmeServer("10.84.11.1", 14000, host, 90 * days);
/** Its certificates live as long as this test wants to wait. */
const hasty = new AcmeServer("10.84.11.1", 14010, host, 12);
const unit = "webstack-certificate.service";
let root = "";

beforeAll(async () => {
  await stack.init({
    host: { image: "debian-13", cpus: 2, memoryMiB: 2048 },
    database: { engine: "postgres", version: debians["debian-13"].postgres },
    site: { domain, aliases: [alias], tls: "letsencrypt", acme: authority.description, http3: true },
  });
}, 60_000);

afterAll(async () => {
  authority.remove();
  hasty.remove();
  await stack.down();
}, 120_000);

/** On every answer with TLS. */
const secured = {
  "strict-transport-security": "max-age=63072000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": expect.stringMatching(/^(same-origin|strict-origin-when-cross-origin)$/) as string,
  "content-security-policy": expect.stringContaining("frame-ancestors 'none'") as string,
};

interface Status {
  readonly certificate: { readonly issuer: string | null; readonly daysLeft: number; readonly fault: string | null };
}

/** What hostctl says of the certificate, with its exit code. */
async function certificate() {
  const { code, stdout } = await stack.ssh("sudo hostctl status --json");
  return { code, ...(JSON.parse(stdout) as Status).certificate };
}

/** The certificate that the site shows, whoever signed it. */
const shown = async () => (await handshake({ servername: domain })).fingerprint;

const state = (property: string) => stack.remote(`systemctl show ${unit} -p ${property} --value`);

/** What a TLS handshake with the host settles on; rejects when the host refuses it. */
function handshake(options: ConnectionOptions): Promise<{ fingerprint: string; protocol: string | false | null; resumed: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: 443, rejectUnauthorized: false, ...options }, () => {
      resolve({
        fingerprint: socket.getPeerCertificate().fingerprint256,
        protocol: socket.alpnProtocol,
        resumed: socket.isSessionReused(),
      });
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

describe("a first deployment while the authority is down", () => {
  test("succeeds, says that no certificate was had, and serves with the host's stand-in", async () => {
    const { code, stdout } = await stack.up();
    expect(code).toBe(0);
    expect(stdout).toMatch(/no certificate was had[^]*connection refused/);
    expect((await stack.outputs()).siteUrl).toBe(site);
    expect((await ask(`${site}healthz`, { address: host, ca: "anybody" })).status).toBe(200);
    await expect(ask(`${site}healthz`, { address: host })).rejects.toThrow(/self-signed certificate/);
  }, 300_000);

  test("opens exactly the planned ports", async () => {
    expect(await openPorts(host, [22, 25, 80, 443, 4402, 5432, 8000, 8443])).toEqual([22, 80, 443]);
  });

  test("leaves a failed unit, a timer that tries again within the hour, and a status that exits with 1", async () => {
    expect(await state("ActiveState")).toBe("failed");
    expect(await stack.remote("systemctl show webstack-certificate.timer -p ActiveState --value")).toBe("active");
    expect(await stack.remote("systemctl cat webstack-certificate.timer")).toContain("OnCalendar=hourly\n");
    expect(await certificate()).toMatchObject({
      code: 1,
      issuer: null,
      fault: expect.stringContaining("stand-in, which no browser trusts") as string,
    });
  });
});

describe("once the authority answers", () => {
  test("the unit has its certificate, nginx serves it, and status is content", async () => {
    await authority.start();
    root = await authority.root();
    await stack.remote(`sudo systemctl start ${unit}`);
    expect((await ask(`${site}healthz`, { address: host, ca: root })).status).toBe(200);
    const other = await ask(`https://${alias}/orders?x=1`, { address: host, ca: root });
    expect([other.status, other.headers.location]).toEqual([301, `${site}orders?x=1`]);
    expect(await certificate()).toMatchObject({ code: 0, daysLeft: 89, fault: null });
  }, 60_000);

  test("the next look changes nothing, and neither does the next apply", async () => {
    const before = await shown();
    await stack.remote(`sudo systemctl start ${unit}`);
    expect(await shown()).toBe(before);
    expect((await stack.ssh("sudo hostctl verify")).stdout).toBe("as declared\n");
  }, 30_000);

  test("only root writes the key, and only nginx reads it", async () => {
    expect(await stack.remote("sudo stat -c '%a %U:%G' /etc/webstack/tls /etc/webstack/tls/site.pem")).toBe(
      "750 root:www-data\n640 root:www-data",
    );
    expect((await stack.ssh("cat /etc/webstack/tls/site.pem")).code).not.toBe(0);
    expect((await stack.ssh("sudo runuser -u ocpizza -- cat /etc/webstack/tls/site.pem")).code).not.toBe(0);
    expect((await stack.ssh("sudo runuser -u ocpizza -- ls /var/lib/webstack-acme")).code).not.toBe(0);
  });

  test("its unit scores at most 2.0", async () => {
    const line = (await stack.remote(`systemd-analyze security ${unit} --no-pager`)).split("\n").at(-1) ?? "";
    expect(Number(/: (\d+\.\d)/.exec(line)?.[1])).toBeLessThanOrEqual(2);
  });
});

describe("the site", () => {
  test("leads from http to https, and answers the authority on http", async () => {
    const { status, headers } = await ask(`http://${domain}/orders?x=1`, { address: host });
    expect([status, headers.location]).toEqual([301, `${site}orders?x=1`]);
    expect((await ask(`http://${alias}/`, { address: host })).headers.location).toBe(site);
    expect((await ask(`http://${domain}/.well-known/acme-challenge/none`, { address: host })).status).toBe(404);
  });

  test.each(["evil.test", undefined])("refuses the handshake for the name %s", async (servername) => {
    await expect(handshake(servername === undefined ? {} : { servername })).rejects.toThrow(/unrecognized name/);
  });

  test("answers a Host that is not its own under a good SNI with 421, and without TLS not at all", async () => {
    expect((await ask(site, { address: host, ca: root, headers: { Host: "evil.test" } })).status).toBe(421);
    await expect(ask(`http://${domain}/`, { address: host, headers: { Host: "evil.test" } })).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  test("speaks HTTP/2 and resumes sessions of TLS 1.2 and 1.3", async () => {
    expect((await handshake({ servername: domain, ALPNProtocols: ["h2", "http/1.1"] })).protocol).toBe("h2");
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const options = { servername: domain, minVersion: version, maxVersion: version };
      const session = await new Promise<Buffer>((resolve, reject) => {
        const socket = connect({ host, port: 443, rejectUnauthorized: false, ...options });
        // The server forgets the session of a connection that was torn down.
        socket.once("session", (ticket: Buffer) => socket.once("close", () => resolve(ticket)).resume());
        socket.on("error", reject);
        socket.once("secureConnect", () => socket.write(`GET /healthz HTTP/1.1\r\nHost: ${domain}\r\nConnection: close\r\n\r\n`));
      });
      expect([version, (await handshake({ ...options, session })).resumed]).toEqual([version, true]);
    }
  });

  test.each([
    [200, "GET", ""],
    [200, "GET", "static/shop/site.css"],
    [404, "GET", "static/none.css"],
    [404, "GET", "none"],
    [405, "DELETE", "products"],
    [405, "TRACE", ""],
    [413, "POST", "orders"],
  ])("sends its security headers with a %d to %s /%s, each once", async (status, method, path) => {
    const headers = status === 413 ? { "Content-Length": String(64 << 20) } : {};
    const answer = await ask(`${site}${path}`, { address: host, ca: root, method, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(secured);
  });

  test("sends them with a 502 and a redirect, too", async () => {
    await stack.remote("sudo systemctl stop 'web@*.socket' 'web@*.service'");
    const answer = await ask(site, { address: host, ca: root });
    await stack.remote("sudo hostctl start");
    expect(answer.status).toBe(502);
    expect(answer.headers).toMatchObject(secured);
    expect((await ask(`https://${alias}/`, { address: host, ca: root })).headers).toMatchObject(secured);
    // RFC 6797, 7.2: not over HTTP.
    expect((await ask(`http://${domain}/`, { address: host })).headers).toEqual(
      expect.not.objectContaining({ "strict-transport-security": expect.anything() as string }),
    );
  }, 60_000);

  test("is as Mozilla's intermediate guideline wants it, says sslyze", async () => {
    writeFileSync(join(stack.folder, "root.pem"), root);
    const words = ["--mozilla_config=intermediate", "--certinfo_ca_file", join(stack.folder, "root.pem"), `${domain}:443{${host}}`];
    const { code, stdout } = await run(findScanner("sslyze"), words);
    expect([code, stdout]).toEqual([0, expect.stringContaining("OK - Compliant")]);
  }, 120_000);

  test("has a configuration in which gixy finds nothing", async () => {
    const dump = await stack.remote(
      "sudo setpriv --reuid=www-data --regid=www-data --clear-groups --inh-caps=+net_bind_service --ambient-caps=+net_bind_service " +
        "nginx -T",
    );
    const { code, stdout } = await run(findScanner("gixy"), ["-"], {}, dump);
    expect([code, stdout]).toEqual([0, expect.stringContaining("No issues found.")]);
  }, 60_000);
});

describe("a visitor who comes by HTTP/3", () => {
  const by = () => ({ address: host, ca: root });

  test("learns of it from any answer with TLS, and from none without", async () => {
    for (const path of ["", "static/none.css", "healthz"])
      expect((await ask(`${site}${path}`, { address: host, ca: root })).headers["alt-svc"]).toBe('h3=":443"; ma=86400');
    expect((await ask(`http://${domain}/`, { address: host })).headers["alt-svc"]).toBeUndefined();
  });

  test("gets what others get: pages, static files, security headers once, refusals and the way from another name", async () => {
    const page = await askHttp3(site, by());
    expect([page.protocol, page.status, page.body.includes("<title>")]).toEqual(["HTTP/3.0", 200, true]);
    for (const [name, value] of Object.entries({ ...secured, "alt-svc": 'h3=":443"; ma=86400' }))
      expect([name, page.headers[name]]).toEqual([name, [value]]);
    expect((await askHttp3(`${site}static/shop/site.css`, by())).status).toBe(200);
    expect((await askHttp3(`${site}none`, by())).status).toBe(404);
    const long = await askHttp3(`${site}orders`, { ...by(), method: "POST", body: "x".repeat(11 << 20) });
    for (const [name, value] of Object.entries(secured)) expect([name, long.headers[name]]).toEqual([name, [value]]);
    expect(long.status).toBe(413);
    const other = await askHttp3(`https://${alias}/orders?x=1`, by());
    expect([other.status, other.headers["location"]]).toEqual([301, [`${site}orders?x=1`]]);
    await expect(askHttp3("https://evil.test/", by())).rejects.toThrow(/unrecognized.name|CRYPTO_ERROR/i);
  }, 30_000);

  test("orders, and is known to the log, the app and the bounds by the own address, which nobody forges from outside", async () => {
    const products = JSON.parse((await askHttp3(`${site}products`, by())).body) as { products: { id: number }[] };
    const restaurants = JSON.parse((await askHttp3(`${site}restaurants`, by())).body) as { restaurants: { id: number }[] };
    const order = { restaurant: restaurants.restaurants[0]?.id, name: "Ada", lines: [{ product: products.products[0]?.id, quantity: 2 }] };
    expect((await askHttp3(`${site}orders`, { ...by(), method: "POST", body: JSON.stringify(order) })).status).toBe(201);
    await ask(`${site}products?forged`, { address: host, ca: root, headers: { "X-Real-IP": "192.0.2.7" } });
    await stack.remote("sleep 5.5");
    const lines = await stack.remote("sudo tail -n 20 /var/log/nginx/access.log");
    expect(lines).toMatch(/^10\.84\.11\.1 \S+ "POST \/orders HTTP\/1\.1" 201 /m);
    expect(lines).toMatch(/^10\.84\.11\.1 \S+ "GET \/products\?forged /m);
  }, 30_000);

  test("is lost by no release, reload or start of the site's nginx", async () => {
    const met = await underHttp3(
      `${site}healthz`,
      20,
      async () => {
        for (let time = 0; time < 3; time += 1) await stack.remote("sudo hostctl reload");
        await stack.remote("sudo hostctl restart");
      },
      { address: host, connections: 5 },
    );
    expect([met.failed, met.lost, met.requests > 40]).toEqual([{}, 0, true]);
  }, 60_000);

  test("finds nothing once the site is stopped, and the site again once it is started", async () => {
    expect(await stack.remote("ss -Hlun sport = :443")).not.toBe("");
    expect(
      await stack.remote("sudo hostctl stop > /dev/null; ss -Hlun sport = :443; systemctl show nginx-http3.service -p Result --value"),
    ).toBe("success");
    await stack.remote("sudo hostctl start");
    expect((await askHttp3(`${site}healthz`, by())).status).toBe(200);
  }, 60_000);

  test("meets an nginx in a sandbox, with a configuration in which gixy finds nothing", async () => {
    const line = (await stack.remote("systemd-analyze security nginx-http3.service --no-pager")).split("\n").at(-1) ?? "";
    expect(Number(/: (\d+\.\d)/.exec(line)?.[1])).toBeLessThanOrEqual(1.6);
    const dump = await stack.remote("sudo nginx -e stderr -T -c /etc/nginx/http3.conf");
    const { code, stdout } = await run(findScanner("gixy"), ["-"], {}, dump);
    expect([code, stdout]).toEqual([0, expect.stringContaining("No issues found.")]);
  }, 60_000);
});

describe("a renewal", () => {
  test("under load fails no request and brings a new key", async () => {
    const key = () => stack.remote("sudo openssl x509 -in /etc/webstack/tls/site.pem -noout -pubkey");
    const before = [await shown(), await key()];
    const {
      done: renewed,
      failed,
      requests,
    } = await underLoad(`${site}healthz`, 60, () => stack.ssh("sudo hostctl renew"), { address: host });
    expect([renewed.code, failed, requests > 100]).toEqual([0, [], true]);
    expect(await shown()).not.toBe(before[0]);
    expect(await key()).not.toBe(before[1]);
    expect((await ask(`${site}healthz`, { address: host, ca: root })).status).toBe(200);
    // HTTP/3 has the new one, too.
    const before3 = await stack.remote("systemctl show nginx-http3.service -p MainPID --value");
    expect((await askHttp3(`${site}healthz`, { address: host, ca: root })).status).toBe(200);
    expect(await stack.remote(`sudo sh -c 'test /proc/${before3} -nt /etc/webstack/tls/site.pem' && echo younger`)).toBe("younger");
  }, 60_000);

  test("while the authority is down fails by name, and the old certificate goes on serving", async () => {
    authority.stop();
    const before = await shown();
    const { code, stderr } = await stack.ssh("sudo hostctl renew");
    expect([code, stderr]).toEqual([1, expect.stringMatching(/no certificate was had[^]*connection refused/)]);
    expect(await state("ActiveState")).toBe("failed");
    expect(await shown()).toBe(before);
    expect((await ask(`${site}healthz`, { address: host, ca: root })).status).toBe(200);
    expect(await certificate()).toMatchObject({ code: 1, daysLeft: 89, fault: expect.stringContaining("could not be renewed") as string });
  }, 60_000);
});

describe("a certificate that expires", () => {
  test("comes from another authority, which the next up goes to", async () => {
    await hasty.start();
    root = await hasty.root();
    stack.change({ site: { acme: hasty.description } });
    await stack.mustUp();
    expect((await ask(`${site}healthz`, { address: host, ca: root })).status).toBe(200);
    expect(await certificate()).toMatchObject({ code: 1, fault: expect.stringContaining("must have been renewed by now") as string });
  }, 120_000);

  test("is not served in silence: status exits with 1, and the unit has failed", async () => {
    hasty.stop();
    await new Promise((resolve) => setTimeout(resolve, 13_000));
    expect((await stack.ssh(`sudo systemctl start ${unit}`)).code).toBe(1);
    await expect(ask(`${site}healthz`, { address: host, ca: root })).rejects.toThrow(/certificate has expired/);
    expect(await certificate()).toMatchObject({ code: 1, fault: expect.stringContaining("has expired") as string });
    expect(await state("ActiveState")).toBe("failed");
  }, 60_000);
});
