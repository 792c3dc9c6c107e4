import { failureOf, reason } from "../../cli/failure";

const urn = (name: string) => `urn:pulumi:shop::webstack::command:remote:Command::${name}`;
const failed = (name: string) => ({
  resOpFailedEvent: { metadata: { urn: urn(name), type: "command:remote:Command", op: "update" }, status: 0, steps: 3 },
});
const said = (name: string, message: string, severity = "error") => ({
  diagnosticEvent: { urn: urn(name), prefix: "error: ", message, color: "never", severity },
});
const log = (...events: readonly object[]) => events.map((event) => JSON.stringify(event)).join("\n");

const start = [
  '<{%reset%}>Process exited with status 1: running "sudo /usr/bin/python3 -I x apply":<{%reset%}>',
  "hostctl: web@green.service: must answer 200, got no answer from /healthz",
  "Traceback (most recent call last):",
  '  File "/srv/webstack/releases/0011223344556677/venv/lib/python3.11/site-packages/gunicorn/arbiter.py", line 609, in spawn_worker',
  "    worker.init_process()",
  "ModuleNotFoundError: No module named 'mysite.wsgy'",
  "[2026-11-26 10:00:00 +0000] [77] [INFO] Worker exiting (pid: 77)",
].join("\n");

test("the first resource that failed, and the exception of the app", () => {
  const events = log(
    said("web-0-apply", "Step 1", "info"),
    said("web-0-apply", start),
    failed("web-0-apply"),
    failed("web-1-apply"),
    said("web-1-apply", "hostctl: other"),
  );
  expect(failureOf(events)).toEqual({ resource: "web-0-apply", why: "ModuleNotFoundError: No module named 'mysite.wsgy'" });
});

test("a log that ends in the middle of an event is read as far as it goes", () => {
  expect(failureOf(`${log(said("web-0-apply", "hostctl: lock: held by ada"), failed("web-0-apply"))}\n{"diagnosticEv`)).toEqual({
    resource: "web-0-apply",
    why: "lock: held by ada",
  });
});

test("where no resource failed, nothing is told", () => {
  expect(failureOf(log(said("shop-web", "update failed")))).toBeNull();
  expect(failureOf("")).toBeNull();
});

test.each([
  [
    "hostctl: migrate: `python manage.py migrate` ended with 1 (allowed time: 600 s)\ndjango.db.utils.OperationalError: no such host",
    "django.db.utils.OperationalError: no such host",
  ],
  [
    "Traceback (most recent call last):\ndjango.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be " +
      "empty.\ngunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>\nhostctl: web@green.service: must answer 200",
    "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.",
  ],
  ["hostctl: see web@green.service: no answer\ndjango.core.exceptions.AppRegistryNotReady", "django.core.exceptions.AppRegistryNotReady"],
  ["hostctl: lock: held\nwww.example.org: no such host\ndocs.python.org/3/Library: more", "lock: held"],
  ["error: network.range: must be free on this box", "network.range: must be free on this box"],
  ["exit status 1", "it does not say"],
  [
    "hostctl: web@blue.service: must answer 200, got 404 from / after 30 s; services.web.health.path of the stack's file names the " +
      "page that is asked for\nNot Found: /\n`sudo hostctl logs web` has the rest",
    "web@blue.service: must answer 200, got 404 from / after 30 s; services.web.health.path of the stack's file names the page " +
      "that is asked for",
  ],
  [
    "hostctl: lock: held by deploy for `apply` since now (process 7); wait for it",
    "lock: held by deploy for `apply` since now (process 7); wait for it",
  ],
])("of %j the reason is %j", (message, why) => {
  expect(reason(message)).toBe(why);
});
