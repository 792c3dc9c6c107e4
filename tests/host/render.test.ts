import { fill, renderTemplate } from "../../infra/host/render";

test("fills every name, and a value may look like a variable", () => {
  expect(fill("a {{x}} b {{y}} {{x}}", { x: "{{y}}", y: 2 }, "t")).toBe("a {{y}} b 2 {{y}}");
});

test("leaves what nginx and systemd mean by themselves", () => {
  expect(fill("$host %i ${x} {{app}}", { app: "a" }, "t")).toBe("$host %i ${x} a");
});

test("refuses a name without a value and a value without a name, both at once", () => {
  expect(() => fill("{{missing}}", { unused: 1 }, "cloud-init/nginx/site.conf.tmpl")).toThrow(
    "cloud-init/nginx/site.conf.tmpl: has no value for {{missing}}, does not name {{unused}}",
  );
});

test("a template of a kind of service has the text of another one in it, which knows its own values alone", () => {
  const start = {
    path: "infra/services/wsgi/start",
    values: { service: "web", module: "a:b", workers: 1, threads: 1, timeoutSeconds: 1, drainSeconds: 1 },
  };
  const values = { server: "gunicorn of", interface: "wsgi", start, startSeconds: 1, stopSeconds: 1, tasks: 1 };
  const common = { service: "web", app: "shop", after: "", memoryMiB: 1, sandbox: "" };
  expect(renderTemplate({ path: "infra/services/gunicorn/unit.service", values }, common)).toMatch(
    /\nExecStart=.* a:b\nTimeoutStartSec=1\n/,
  );
  expect(() => renderTemplate({ path: start.path, values: { ...start.values, tasks: 1 } })).toThrow(
    "infra/services/wsgi/start.tmpl: does not name {{tasks}}",
  );
});
