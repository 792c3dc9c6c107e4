/**
 * HTTP/3: where it is refused, what it opens, and what a host has for it. Limit: the rule and the text; tests/machines/tls.test.ts comes by
 * it.
 */
import { debianNames, debians } from "../../../infra/config/catalog/debian";
import { checkSpec } from "../../../infra/config/parse";
import { isTakenUnit } from "../../../infra/config/rules/services";
import type { Manifest } from "../../../infra/host/manifest";
import { renderHosts } from "../../../infra/host";
import { planStack } from "../../../infra/plan";
import { firewallDiff } from "../../../cli/review/firewallDiff";
import { sceneOf } from "../../../cli/diagram/scene";
import { context, raw, spec, type Raw } from "../../config/baseline";

const site = { domain: "shop.test", aliases: ["www.shop.test"], tls: "letsencrypt" };
const [with3, without] = [true, false].map((http3) => planStack(spec({ site: { ...site, http3 }, host: { image: "debian-13" } })));

function manifest(plan = with3): Manifest {
  const [host] = plan?.hosts ?? [];
  if (plan === undefined || host === undefined) throw new Error("no host is planned");
  return renderHosts(plan, "00112233aabbccdd").of(host);
}

const text = (path: string, of = manifest()) => of.files.find((entry) => entry.path === path)?.content ?? "";

const problems = (overrides: Raw) => checkSpec(raw(overrides), context()).problems.map(({ at, must, hint }) => [at, must, hint]);

describe("site.http3", () => {
  test("is refused on a Debian whose nginx does not have it, and without TLS", () => {
    expect(problems({ site: { ...site, http3: true }, host: { image: "debian-12" } })).toEqual([
      ["site.http3", "must be false on Debian 12, whose nginx 1.22 does not have HTTP/3", "set host.image: debian-13"],
    ]);
    expect(problems({ site: { http3: true }, host: { image: "debian-13" } })).toEqual([
      ["site.http3", "must be false without TLS, which HTTP/3 has always", "set site.domain and site.tls: letsencrypt"],
    ]);
    expect(problems({ site: { ...site, http3: true }, host: { image: "debian-13" } })).toEqual([]);
  });

  test.each(debianNames)("is in nginx since 1.25, and so in that of %s or not", (name) => {
    expect(debians[name].http3).toBe(Number(debians[name].nginx.split(".")[1]) >= 25);
  });

  test("opens one port more, by UDP, and the review and the picture say so", () => {
    expect(with3?.firewall.filter(({ protocol }) => protocol === "udp").map(({ to, port }) => [to, port])).toEqual([["web", 443]]);
    expect(firewallDiff(without ?? null, with3 ?? null)).toEqual({
      opened: ["web UDP port 443 to everybody (customers, by HTTP/3)"],
      closed: [],
    });
    if (with3 === undefined) throw new Error("there is no plan");
    const { actors, hosts } = sceneOf(with3);
    expect([actors[0]?.ports, hosts[0]?.nginx]).toEqual([
      ["80", "443", "443/udp"],
      ["TLS", "HTTP/3"],
    ]);
    const rules = text("/etc/nftables.conf").match(/\w+ dport \d+ accept/g);
    expect(rules).toEqual(["tcp dport 80 accept", "tcp dport 443 accept", "udp dport 443 accept", "tcp dport 22 accept"]);
  });
});

describe("a host with HTTP/3", () => {
  test("has an nginx of its own for it, which no change of the site's reloads or restarts", () => {
    expect(manifest().units).toContain("nginx-http3.service");
    // No service and no job takes its place.
    expect(isTakenUnit("nginx-http3")).toBe(true);
    const acts = manifest()
      .files.filter(({ onChange }) => JSON.stringify(onChange).includes("nginx-http3"))
      .map(({ path }) => path);
    expect(acts).toEqual([
      "/etc/nginx/webstack/tls.conf",
      "/etc/nginx/webstack/headers.conf",
      "/etc/nginx/webstack/add-headers.conf",
      "/etc/nginx/http3.conf",
      "/etc/systemd/system/nginx-http3.service",
    ]);
    // Sockets of QUIC would be read by old workers and new ones.
    expect([text("/etc/nginx/webstack/site.conf"), text("/etc/nginx/nginx.conf")].join("")).not.toMatch(/listen .*quic/);
  });

  test("says the way to it on answers with TLS, believes the visitor's address from it alone, and holds it to the site's own bounds", () => {
    expect(text("/etc/nginx/webstack/add-headers.conf")).toMatch(/^add_header Alt-Svc \$add_alt_svc always;$/m);
    expect(text("/etc/nginx/webstack/headers.conf")).toContain(`"https:" 'h3=":443"; ma=86400';`);
    // Of the site and of its other names, not of the server that knows no name.
    expect(
      text("/etc/nginx/webstack/site.conf").match(
        /server_name .*;\n(?= {4}#.*\n {4}set_real_ip_from 127\.0\.0\.1;\n {4}real_ip_header X-Real-IP;\n)/g,
      ),
    ).toEqual(["server_name shop.test;\n", "server_name www.shop.test;\n"]);
    const http3 = text("/etc/nginx/http3.conf");
    expect(http3).toContain(
      "server_name shop.test www.shop.test;\n        client_max_body_size 10m;\n        limit_conn per_address 400;\n",
    );
    for (const bound of [
      "client_header_timeout",
      "client_body_timeout",
      "send_timeout",
      "client_header_buffer_size",
      "large_client_header_buffers",
      "limit_conn_zone",
      "worker_connections",
    ]) {
      const of = (conf: string) => new RegExp(`^ *${bound} .*;$`, "m").exec(conf)?.[0].trim();
      expect([bound, of(http3)]).toEqual([bound, of(text("/etc/nginx/nginx.conf"))]);
    }
  });

  test("has the sandbox of the site's nginx", () => {
    const box = (unit: string) => /# Sandboxing[^]*?(?=\n\[Install\])/.exec(text(`/etc/systemd/system/${unit}`))?.[0];
    expect(box("nginx-http3.service")).toBeDefined();
    expect(box("nginx-http3.service")).toBe(box("nginx.service"));
  });
});

test("a host without it has none of that", () => {
  const plain = manifest(without);
  expect(
    JSON.stringify(plain.files.map(({ path, content, onChange }) => (path.includes("/hostctl/") ? [] : [path, content, onChange]))),
  ).not.toMatch(/http3|alt.svc|real_ip|udp dport/i);
  expect(plain.units).not.toContain("nginx-http3.service");
});
