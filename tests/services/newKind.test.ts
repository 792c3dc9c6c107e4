/**
 * A kind of service is its folder and one line of the registry: a kind that is not shipped (rack/ beside this file) is read, planned,
 * rendered, checked, priced, drawn and documented without a change anywhere else. Limit: no host runs it, hostctl builds no runtime for
 * Ruby.
 */
import { sceneOf } from "../../cli/diagram/scene";
import { referenceFiles } from "../../cli/reference";
import { countConnections } from "../../cli/review/connections";
import { runbook } from "../../cli/runbook/text";
import { checkSpec } from "../../infra/config/parse";
import { renderHosts } from "../../infra/host";
import type { Settings } from "../../infra/host/settings";
import { planStack } from "../../infra/plan";
import { billOf } from "../../infra/plan/cost";
import { connectionsOf, httpServices } from "../../infra/services";
import type * as Registry from "../../infra/services/registry";
import { check } from "../../infra/targets/digitalocean/check";
import { context, raw, spec } from "../config/baseline";
import type * as Rack from "./rack";

jest.mock("../../infra/services/registry", () => {
  const { kinds } = jest.requireActual<typeof Registry>("../../infra/services/registry");
  const { rack } = jest.requireActual<typeof Rack>("./rack");
  return { kinds: { ...kinds, rack } };
});

const services = {
  shop: { kind: "rack", rackup: "config.ru", path: "/shop/" },
  web: { kind: "wsgi", module: "a:b", workers: 2, after: ["shop"] },
  bot: { kind: "command", command: "bot" },
};
const stack = spec({ services, host: { memoryMiB: 4096 }, monitoring: { nrpe: { allowedHosts: ["192.0.2.9/32"] } } });
const plan = planStack(stack);
const manifest = [...renderHosts(plan, "00112233aabbccdd").values()][0];
const text = (path: string): string => manifest?.files.find((file) => file.path === path)?.content ?? "";

test("its defaults are worked out, with what the database leaves to it", () => {
  expect(stack.services[0]).toEqual({
    name: "shop",
    kind: "rack",
    rackup: "config.ru",
    threads: 5,
    memoryMiB: 320,
    after: [],
    path: "/shop/",
    port: 0,
    health: { path: "/shop/healthz", live: "/shop/healthz", startSeconds: 30 },
    timeoutSeconds: 30,
    drainSeconds: 30,
  });
  expect(spec({ services: { shop: services.shop }, database: { connections: 6 } }).services).toMatchObject([{ threads: 3 }]);
  expect(connectionsOf(stack.services, 1)).toBe(2 * 5 + 2 * 2 * 16 + 1 + 1);
  expect(httpServices(stack.services).map(({ name }) => name)).toEqual(["shop", "web"]);
});

test("its mistakes are told as those of every kind", () => {
  const faulty = { web: { kind: "rack", path: "/" }, shop: { kind: "rack", rackup: "config.ru", module: "a:b" }, bot: { kind: "racket" } };
  const { problems } = checkSpec(raw({ services: faulty }), context());
  expect(problems).toEqual([
    { at: "services.web.rackup", must: "must be set to a file that ends in .ru", hint: "for example rackup: config.ru" },
    { at: "services.shop.module", must: "must be left out where kind is rack", got: "a:b" },
    { at: "services.bot.kind", must: "must be wsgi, asgi, command or rack", got: "racket", hint: "for example kind: wsgi" },
  ]);
});

test("it counts for the sizes of database and host", () => {
  const large = { ...services, shop: { ...services.shop, threads: 40 } };
  const { problems } = checkSpec(raw({ services: large, database: { connections: 60 }, host: { memoryMiB: 1024 } }), context());
  expect(problems.map(({ must }) => must)).toEqual([
    "must be at least 85, since a release runs both slots: shop 40 threads x 2 slots + web 2 workers x 1 threads x 2 slots + bot 1",
    "must be at least 1600 for all units at once: system 192 + shop 2 slots x 320 + web 2 slots x 256 + bot 256",
  ]);
});

test("its host has its packages, its units, the file that its services share, and the slots of every kind that answers HTTP", () => {
  expect(manifest?.packages).toEqual(expect.arrayContaining(["puma", "python3-venv", "ruby"]));
  expect(text("/etc/systemd/system/shop@.service").split("\n").slice(0, 9)).toEqual([
    ...["[Unit]", "Description=ocpizza: shop (rack), %i slot", "After=shop@%i.socket ", "", "[Service]"],
    ...["ExecStart=/usr/bin/puma --config /usr/local/lib/webstack/puma.rb config.ru", "MemoryMax=320M", "TasksMax=21", ""],
  ]);
  expect(text("/etc/systemd/system/shop@.service")).toContain("\nNoNewPrivileges=yes\n");
  expect(text("/etc/systemd/system/web@.service")).toContain("After=network.target web@%i.socket shop@blue.service shop@green.service\n");
  expect(text("/etc/systemd/system/shop@.socket")).toContain("ListenStream=/run/webstack/shop-%i.sock\n");
  const shared = manifest?.files.filter(({ path }) => /\/(puma\.rb|gunicorn\.conf\.py)$/.test(path));
  expect(shared?.map(({ path, onChange }) => [path, onChange])).toEqual([
    ["/usr/local/lib/webstack/puma.rb", [{ verb: "roll", service: "shop" }]],
    ["/usr/local/lib/webstack/gunicorn.conf.py", [{ verb: "roll", service: "web" }]],
  ]);
  expect(text("/usr/local/lib/webstack/puma.rb")).toBe("workers 0\n");
  expect(manifest?.services[0]).toMatchObject({ name: "shop", kind: "slots", healthPath: "/shop/healthz", startSeconds: 30 });
});

test("nginx has its own location, with the queue of its size", () => {
  const [large] = renderHosts(planStack(spec({ services: { shop: { ...services.shop, threads: 40 } } })), "00112233aabbccdd").values();
  const location = "    location /shop/ {\n        limit_conn in_flight_shop 320;\n        proxy_pass http://shop$held;\n    }\n";
  expect(large?.files.find(({ path }) => path === "/etc/nginx/webstack/site.conf")?.content).toContain(location);
  expect(text("/etc/nginx/webstack/upstreams/shop-blue.conf")).toContain("server unix:/run/webstack/shop-blue.sock");
});

test("it is watched, drilled and counted by NRPE", () => {
  const { watchdog } = JSON.parse(text("/etc/webstack/settings.json")) as Settings;
  expect(watchdog?.services.map(({ name, path }) => [name, path])).toContainEqual(["shop", "/shop/healthz"]);
  expect(text("/etc/tmpfiles.d/webstack-drill.conf")).toContain("/srv/webstack/slots/shop-drill");
  const count = "/usr/lib/nagios/plugins/check_procs -c 1: -u ocpizza --ereg-argument-array='^puma .*/shop-(blue|green)'";
  expect(text("/etc/nagios/nrpe.cfg")).toContain(`command[check_service_shop]=${count}\n`);
});

test("a target takes it, and its bill has the check of its page", () => {
  const open = { site: { domain: "shop.example" }, access: { sshFrom: ["192.0.2.0/24"] }, monitoring: { emails: ["ops@shop.example"] } };
  const inCloud = planStack(spec({ target: "digitalocean", services: { shop: services.shop }, ...open }));
  expect(check(inCloud).filter(({ ofBox }) => ofBox !== true)).toEqual([]);
  expect(billOf(inCloud).lines.map(({ what }) => what)).toContain("uptime check of the site");
});

test("picture, review, runbook and reference have it", () => {
  expect(sceneOf(plan).hosts[0]?.services[0]).toEqual({ name: "shop", detail: "5 threads", path: "/shop/", slots: true });
  expect(countConnections(stack)?.parts[0]).toEqual({ part: "shop: 5 threads x 2 slots", connections: 10 });
  expect(runbook(plan, "Pulumi.shop.yaml")).toContain("`shop` (rack, /shop/): `shop@blue.service`, `shop@green.service`");
  const reference = referenceFiles().get("docs/reference.md") ?? "";
  expect(reference).toContain("command: a process without a socket; rack: a web application of Ruby's Rack |");
  expect(reference).toContain("| `services.NAME.rackup` | a file that ends in .ru | must be set | (rack) the file that puma loads |");
});
