/**
 * How long nginx lets requests end, and which ports systemd holds for it. Limit: the rule and the text; the rows `release during ...` and `nginx ...` of
 * tests/machines/faults show what they are worth.
 */
import { nginxFiles, nginxUnitFiles, nginxUnits, shutdownSeconds } from "../../infra/host/nginx";
import { planStack } from "../../infra/plan";
import { spec } from "../config/baseline";

test.each([
  [[], 30],
  [[{ timeoutSeconds: 5, drainSeconds: 3 }], 30],
  [[{ timeoutSeconds: 300, drainSeconds: 30 }], 300],
  [[{ timeoutSeconds: 30, drainSeconds: 120 }], 120],
  [[{ timeoutSeconds: 60, drainSeconds: 60 }, { timeoutSeconds: 45, drainSeconds: 90 }], 90],
] as const)("old workers of nginx in front of %j may finish for %i s", (services, expected) => {
  expect(shutdownSeconds(services)).toBe(expected);
});

test.each([
  [{ tls: "none" }, 0, ["0.0.0.0:80", "[::]:80"]],
  [{ tls: "none" }, 8001, ["0.0.0.0:80", "127.0.0.1:8001", "[::]:80"]],
  [{ tls: "letsencrypt", domain: "shop.test", aliases: ["www.shop.test"] }, 0, ["0.0.0.0:443", "0.0.0.0:80", "[::]:443", "[::]:80"]],
])("with %j and port %i systemd holds the very addresses that nginx listens on", (site, port, expected) => {
  const plan = planStack(spec({ site, services: { web: { kind: "wsgi", module: "a:b", ...(port === 0 ? {} : { port }) } } }));
  const text = (end: string) => [...nginxUnitFiles(plan.spec), ...nginxFiles(plan)].find(({ path }) => path.endsWith(end))?.content ?? "";
  const sockets = nginxUnits(plan.spec).filter((unit) => unit.endsWith(".socket"));
  const held = sockets.flatMap((unit) => {
    const [, template = "", instance = ""] = /^(.*@)(.*)\.socket$/.exec(unit) ?? [];
    return [...text(`/${template}.socket`).replaceAll("%i", instance).matchAll(/^ListenStream=(.+)$/gm)].map(([, address]) => address);
  });
  // "listen 80" is 0.0.0.0:80.
  const listened = [...text("/site.conf").matchAll(/^ *listen (\S+?)[ ;]/gm)].map(([, address = ""]) => (/^\d+$/.test(address) ? `0.0.0.0:${address}` : address));
  expect([[...held].sort(), [...new Set(listened)].sort()]).toEqual([expected, expected]);
  expect([/^Sockets=(.*)$/m, /^NonBlocking=(.*)$/m].map((line) => line.exec(text("/nginx.service"))?.[1])).toEqual([sockets.join(" "), "yes"]);
  // A socket that is inherited is neither of both families nor one of several.
  expect(text("/nginx@.socket")).toMatch(/^BindIPv6Only=ipv6-only$/m);
  expect(text("/site.conf")).not.toMatch(/reuseport|ipv6only/);
});

test("maintenance leaves a health page open, but not one that is the front page of its service", () => {
  const services = {
    web: { kind: "wsgi", module: "a:b", threads: 1, health: { path: "/" } },
    api: { kind: "asgi", module: "a:c", workers: 1, path: "/api/", health: { path: "/api/up" } },
    docs: { kind: "asgi", module: "a:d", workers: 1, path: "/docs/", health: { path: "/docs/" } },
  };
  const text = nginxFiles(planStack(spec({ services }))).find(({ path }) => path.endsWith("/maintenance.conf"))?.content ?? "";
  expect(["/", "/api/up", "/docs/"].filter((path) => text.includes(`    "${path}" 1;`))).toEqual(["/api/up"]);
});
