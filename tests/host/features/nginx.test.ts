/**
 * How long nginx lets requests end, and which ports systemd holds for it. Limit: the rule and the text; the rows `release during ...` and
 * `nginx ...` of tests/machines/faults show what they are worth.
 */
import { nginx, shutdownSeconds } from "../../../infra/host/features/nginx";
import { planStack } from "../../../infra/plan";
import { spec, type Raw } from "../../config/baseline";

function partOf(raw: Raw) {
  const plan = planStack(spec(raw));
  const [host] = plan.hosts;
  if (host === undefined) throw new Error("no host is planned");
  const { files = [], units = [] } = nginx(plan, host);
  return { files, units };
}

const filesOf = (health: object) => {
  const { files } = partOf({ services: { web: { kind: "wsgi", module: "a:b", health } } });
  return (end: string) => files.find(({ path }) => path.endsWith(end))?.content ?? "";
};

test.each(["/", "/healthz"])(
  "a health page %s is a page like any other to visitors: held in maintenance, refused in an overload",
  (path) => {
    const file = filesOf({ path });
    expect(file("/maintenance.conf")).not.toContain(`"${path}" 1;`);
    expect(file("/overload.conf")).not.toContain("healthz");
    // What asks from outside has a place of its own, which is held in neither.
    expect(file("/maintenance.conf")).toContain('    "/.webstack/health/web" 1;\n    "/.webstack/ask/web" 1;\n');
    expect(file("/site.conf")).toContain(`proxy_pass http://web$held${path};`);
  },
);

test.each([
  [[], 30],
  [[{ timeoutSeconds: 5, drainSeconds: 3 }], 30],
  [[{ timeoutSeconds: 300, drainSeconds: 30 }], 300],
  [[{ timeoutSeconds: 30, drainSeconds: 120 }], 120],
  [
    [
      { timeoutSeconds: 60, drainSeconds: 60 },
      { timeoutSeconds: 45, drainSeconds: 90 },
    ],
    90,
  ],
] as const)("old workers of nginx in front of %j may finish for %i s", (services, expected) => {
  expect(shutdownSeconds(services)).toBe(expected);
});

test.each([
  [{ tls: "none" }, 0, ["0.0.0.0:80", "[::]:80"]],
  [{ tls: "none" }, 8001, ["0.0.0.0:80", "127.0.0.1:8001", "[::]:80"]],
  [{ tls: "letsencrypt", domain: "shop.test", aliases: ["www.shop.test"] }, 0, ["0.0.0.0:443", "0.0.0.0:80", "[::]:443", "[::]:80"]],
])("with %j and port %i systemd holds the very addresses that nginx listens on", (site, port, expected) => {
  const { files, units } = partOf({ site, services: { web: { kind: "wsgi", module: "a:b", ...(port === 0 ? {} : { port }) } } });
  const text = (end: string) => files.find(({ path }) => path.endsWith(end))?.content ?? "";
  const sockets = units.filter((unit) => unit.endsWith(".socket"));
  const held = sockets.flatMap((unit) => {
    const [, template = "", instance = ""] = /^(.*@)(.*)\.socket$/.exec(unit) ?? [];
    return [
      ...text(`/${template}.socket`)
        .replaceAll("%i", instance)
        .matchAll(/^ListenStream=(.+)$/gm),
    ].map(([, address]) => address);
  });
  // "listen 80" is 0.0.0.0:80.
  const listened = [...text("/site.conf").matchAll(/^ *listen (\S+?)[ ;]/gm)].map(([, address = ""]) =>
    /^\d+$/.test(address) ? `0.0.0.0:${address}` : address,
  );
  expect([[...held].sort(), [...new Set(listened)].sort()]).toEqual([expected, expected]);
  expect([/^Sockets=(.*)$/m, /^NonBlocking=(.*)$/m].map((line) => line.exec(text("/nginx.service"))?.[1])).toEqual([
    sockets.join(" "),
    "yes",
  ]);
  // A socket that is inherited is neither of both families nor one of several.
  expect(text("/nginx@.socket")).toMatch(/^BindIPv6Only=ipv6-only$/m);
  expect(text("/site.conf")).not.toMatch(/reuseport|ipv6only/);
});
