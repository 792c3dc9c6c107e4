/** Limit: random descriptions are random in shape and in few words; they show that nothing escapes, not that every rule is right. */
import fc from "fast-check";
import { keys } from "../../infra/config/keys";
import { checkSpec, parseSpec } from "../../infra/config/parse";
import { ConfigError } from "../../infra/config/problems";
import type { StackSpec, TargetName } from "../../infra/config/spec";
import type { GunicornSpec } from "../../infra/services/gunicorn";
import { unused } from "../../infra/config/unused";
import { context, raw, spec, type Raw } from "./baseline";

const message = (overrides: Raw, ...secrets: readonly string[]): string => {
  try {
    parseSpec(raw(overrides), context(...secrets));
    return "accepted";
  } catch (error) {
    return error instanceof ConfigError ? error.message : `${String(error)} is no ConfigError`;
  }
};

test("tells all problems of a file at once, in the order of their paths", () => {
  const overrides = {
    target: "local",
    app: { name: "OC", source: "../.." },
    services: { web: { kind: "wsgi", module: "ocpizza.wsgi", wokers: 3 } },
    jobs: { dump: { run: "pg_dump | gzip", schedule: "0 6 * * *" } },
    env: { DATABASE_URL: "sqlite://" },
    secrets: ["TOKEN"],
    access: { sshFrom: ["0.0.0.0/0"] },
    sites: {},
  };
  expect(message(overrides)).toBe(
    [
      "Pulumi.test.yaml: 10 problems",
      "  TOKEN: must be set; run npm run secret -- test set TOKEN",
      '  access.sshFrom.0: must not open SSH to the world, got "0.0.0.0/0"; name the networks that people work from',
      '  app.name: must be 2 to 20 lower-case letters, digits and dashes, beginning with a letter, got "OC"; for example name: ocpizza',
      '  app.source: must be a path relative to the folder of Pulumi.yaml, got "../.."; that folder holds this project itself; ' +
        "name the app's own, as in ../myapp",
      "  env.DATABASE_URL: must be left out, since every process gets it from the host",
      '  jobs.dump.run: must be a command as one line or as a list of words, got "pg_dump | gzip"; no shell runs it, so put "|" ' +
        "into a script of the app, or in single quotes where it is meant as it is",
      '  jobs.dump.schedule: must be a calendar expression of systemd, in UTC, got "0 6 * * *"; this is the form of cron, where "0 ' +
        '6 * * *" means *-*-* 06:00:00',
      '  services.web.module: must be of the form package.module:callable, got "ocpizza.wsgi"; name the callable, as in ' +
        "ocpizza.wsgi:application",
      "  services.web.wokers: is not a known key; did you mean workers?",
      "  sites: is not a known key; did you mean site?",
    ].join("\n"),
  );
});

test("a rule between keys is not asked about a section that is faulty by itself", () => {
  // The health path would be wrong too, if the path were what the example says.
  expect(message({ services: { web: { kind: "wsgi", module: "a:b", path: "api", health: { path: "/x" } } } })).toBe(
    'Pulumi.test.yaml: 1 problem\n  services.web.path: must be a URL path that begins and ends with "/", got "api"; for example ' +
      "path: /api/",
  );
});

test("a description of the least there can be is completed by the defaults", () => {
  const least = { target: "local", app: { name: "oc-pizza", source: "app" }, services: { web: { kind: "wsgi", module: "a:b" } } };
  const web: GunicornSpec = {
    name: "web",
    kind: "wsgi",
    module: "a:b",
    workers: 3,
    threads: 16,
    path: "/",
    port: 0,
    health: { path: "/healthz", live: "/healthz", startSeconds: 30 },
    timeoutSeconds: 30,
    drainSeconds: 30,
    memoryMiB: 288,
    after: [],
  };
  expect(parseSpec(least, context())).toEqual<StackSpec>({
    project: "webstack",
    stack: "test",
    target: "local",
    protect: "nothing",
    app: { name: "oc-pizza", source: "app", requirements: "requirements.txt", exclude: [], buildPackages: [] },
    services: [web],
    static: [],
    release: { steps: [], schema: null, restorePoint: true, lockTimeoutSeconds: 5, keep: 5 },
    jobs: [],
    env: {},
    secrets: [],
    site: {
      domain: "",
      aliases: [],
      tls: "none",
      acme: { directory: "https://acme-v02.api.letsencrypt.org/directory", email: "", ca: "" },
      zone: "",
      existingRecords: "refuse",
      http3: false,
      caa: "subdomains",
      maxBodyMiB: 10,
      quietPaths: [],
      maintenancePath: "/maintenance.json",
    },
    host: {
      image: "debian-13",
      debian: "debian-13",
      size: "",
      region: "",
      memoryMiB: 2048,
      cpus: 2,
      packages: [],
      cpuCredits: "unlimited",
      snapshots: { every: "never", weekday: "sunday", hour: 4, keep: 7 },
    },
    network: { range: "10.20.0.0/24", nat: "none", flowLogs: false, outbound: [] },
    database: {
      kind: "managed",
      engine: "postgres",
      version: "17",
      name: "oc_pizza",
      user: "oc_pizza",
      size: "",
      storageGiB: 10,
      connections: 100,
      memoryMiB: 1024,
      pool: "none",
      standby: false,
      storageLimitGiB: 20,
      keepDays: 7,
      maintenance: { weekday: "sunday", hour: 2 },
      restore: null,
    },
    backup: {
      enabled: true,
      schedule: "*-*-* 06:00:00",
      keepDays: 7,
      keepWeekly: 4,
      keepMonthly: 6,
      paths: [],
      drill: { schedule: "Sun *-*-* 07:00:00", health: true, checks: [] },
      batch: null,
    },
    monitoring: { emails: [], slack: null, budget: 0, smtp: null, sentry: null, nrpe: null },
    policy: { exceptions: [] },
    access: { sshFrom: ["10.20.0.1/32"], sessions: false, sshKeys: [] },
  });
});

test.each([
  ["digitalocean", "postgres", { size: "db-s-1vcpu-1gb", version: "15", connections: 22, storageGiB: 10, memoryMiB: 1024 }],
  ["digitalocean", "mysql", { size: "db-s-1vcpu-1gb", version: "8", connections: 75, storageGiB: 10, memoryMiB: 1024 }],
  ["aws", "postgres", { size: "db.t4g.micro", version: "15", connections: 80, storageGiB: 20, memoryMiB: 1024 }],
  ["aws", "mysql", { size: "db.t4g.micro", version: "8.4", connections: 60, storageGiB: 20, memoryMiB: 1024 }],
  ["local", "postgres", { size: "", version: "17", connections: 100, storageGiB: 10, memoryMiB: 1024 }],
  ["local", "mysql", { size: "", version: "11.8", connections: 100, storageGiB: 10, memoryMiB: 1024 }],
])("on %s a database of %s is by default as small as the target has it", (target, engine, expected) => {
  expect(spec({ target, database: { engine }, access: { sshFrom: ["203.0.113.7/32"] } }).database).toMatchObject(expected);
});

test("threads that nobody names share what jobs and other services leave of the connections", () => {
  const services = { web: { kind: "wsgi", module: "a:b", workers: 2 }, bot: { kind: "command", command: "bot" } };
  const jobs = { clear: { run: "a", schedule: "daily" } };
  // (22 - 1 bot - 1 job) / (2 workers x 2 slots)
  expect(spec({ target: "digitalocean", services, jobs, access: { sshFrom: ["203.0.113.7/32"] } }).services[0]).toMatchObject({
    threads: 5,
  });
  expect(spec({ services, jobs, database: { kind: "none" } }).services[0]).toMatchObject({ threads: 16 });
});

test("a service below a path is asked for its health below that path", () => {
  const services = { api: { kind: "asgi", module: "a:b", path: "/api/" }, web: { kind: "wsgi", module: "a:b", threads: 1 } };
  expect(spec({ services }).services[0]).toMatchObject({ threads: 1, workers: 2, health: { path: "/api/healthz" } });
});

test("a public site with a name gets a certificate, a local one none", () => {
  const site = { domain: "www.ocpizza.fr" };
  expect(spec({ site }).site.tls).toBe("none");
  expect(spec({ site, target: "aws", access: { sshFrom: ["203.0.113.7/32"] } }).site.tls).toBe("letsencrypt");
});

test("a static folder and the file of packages reach a host as it takes them, however they are written", () => {
  const { app, static: folders } = spec({
    app: { name: "ocpizza", source: "examples/ocpizza", requirements: "./lock//packages.txt" },
    static: { "/static/": "./staticfiles/" },
  });
  // hostctl refuses a path with ".", and one with nothing between its slashes.
  expect([app.requirements, folders]).toEqual(["lock/packages.txt", [{ url: "/static/", folder: "staticfiles" }]]);
});

test("a key whose value is commented out counts as left out", () => {
  expect(spec({ static: null, jobs: null, backup: { keepDays: null } })).toEqual(spec());
});

test("a setting keeps every character", () => {
  const text = " 'a' \"b\" %h $HOME {{app}}\n\t#: no\\ é ";
  expect(spec({ env: { A: text } }).env).toEqual({ A: text });
});

test.each([
  [
    "that stands in clear",
    raw({ secrets: ["TOKEN"], TOKEN: "marker-9f2" }),
    context(),
    "TOKEN: must be encrypted; run npm run secret -- test set TOKEN, and change the secret if this file was saved anywhere",
  ],
  [
    "of the stack itself that stands in clear",
    raw({ sshPrivateKey: "marker-9f2" }),
    { ...context(), secretNames: new Set(["backupPassword"]) },
    "sshPrivateKey: must be encrypted; run npm run key -- test, and change the secret if this file was saved anywhere",
  ],
  [
    "of the backups that is missing",
    raw(),
    { ...context(), secretNames: new Set(["sshPrivateKey"]) },
    "backupPassword: must be set; run npm run secret -- test set backupPassword --random",
  ],
  [
    "of the stack itself that is missing",
    raw(),
    { ...context(), secretNames: new Set(["backupPassword"]) },
    "sshPrivateKey: must be set; run npm run key -- test",
  ],
  [
    "that no list names",
    raw(),
    context("TOKEN"),
    "TOKEN: must be named in secrets to be used; add it there, or run npm run secret -- test unset TOKEN",
  ],
  [
    "in clear that no list names",
    raw({ STRIPE_KEY: "marker-9f2" }),
    context(),
    `STRIPE_KEY: is not a known key; known keys are ${Object.keys(keys).join(", ")}`,
  ],
  [
    "inside of a section",
    raw({ env: undefined }),
    context("env"),
    "env: must not hold a secret; name the secret in secrets and set it as a key of its own",
  ],
])("refuses a secret %s and does not show it", (_what, values, known, line) => {
  expect(() => parseSpec(values, known)).toThrow(new Error(`Pulumi.test.yaml: 1 problem\n  ${line}`));
});

/** JSON values made of words that mean something here. */
const word = fc.constantFrom(
  "web",
  "kind",
  "wsgi",
  "none",
  "/",
  "/api/",
  "a:b",
  "daily",
  "0.0.0.0/0",
  "a.fr",
  "__proto__",
  "constructor",
  "",
  "\0",
  "é\n",
  "a | b",
  "after",
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.string(),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("mapping"),
  ),
  mapping: fc.dictionary(fc.oneof(word, fc.string()), tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));

test("whatever the file holds, the outcome is a description or a ConfigError", () => {
  const file = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(keys)), word), anything.value, { noNullPrototype: true });
  fc.assert(
    fc.property(file, (overrides) => {
      expect(message(overrides)).toMatch(/^accepted$|^Pulumi\.test\.yaml: \d+ problems?\n/);
    }),
    { numRuns: 2000 },
  );
});

test("every problem is one line that begins with its path", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(keys)), anything.value, (section, value) => {
      const { problems } = checkSpec(raw({ [section]: value }), context());
      for (const line of new ConfigError("file", problems).message.split("\n").slice(1)) expect(line).toMatch(/^ {2}\S.*: (must|is) /);
    }),
    { numRuns: 1000 },
  );
});

const service = fc.record(
  {
    kind: fc.constant("wsgi"),
    module: fc.constant("a:b"),
    workers: fc.integer({ min: 1, max: 3 }),
    threads: fc.integer({ min: 1, max: 4 }),
    port: fc.integer({ min: 1024, max: 65535 }),
  },
  { requiredKeys: ["kind", "module"] },
);

test.each([
  [{}, 30],
  [{ timeoutSeconds: 300 }, 300],
  [{ timeoutSeconds: 3600 }, 600],
  [{ timeoutSeconds: 300, drainSeconds: 20 }, 20],
])("a slot of %j may finish its requests for %i s after a release", (times, expected) => {
  expect(spec({ services: { web: { kind: "wsgi", module: "a:b", ...times } } }).services).toMatchObject([{ drainSeconds: expected }]);
});

test("defaults written out change nothing", () => {
  const sections = fc.record(
    {
      services: fc.record({ web: service }),
      site: fc.record({ domain: fc.constantFrom("a.fr", "www.a.fr"), maxBodyMiB: fc.integer({ min: 1, max: 100 }) }, { requiredKeys: [] }),
      host: fc.record({ cpus: fc.integer({ min: 1, max: 4 }), memoryMiB: fc.integer({ min: 2048, max: 8192 }) }, { requiredKeys: [] }),
      database: fc.record(
        { engine: fc.constantFrom("postgres", "mysql"), connections: fc.integer({ min: 50, max: 500 }) },
        { requiredKeys: [] },
      ),
      backup: fc.record({ keepDays: fc.integer({ min: 1, max: 30 }) }),
    },
    { requiredKeys: ["services"] },
  );
  fc.assert(
    fc.property(sections, (overrides) => {
      const once = spec(overrides);
      expect(spec(writtenOut(once))).toEqual(once);
    }),
  );
});

test("a moment without quotes, which the engine hands over as Go prints it, is that moment", () => {
  const restored = (at: string) =>
    spec({ target: "digitalocean", access: { sshFrom: ["203.0.113.7/32"] }, database: { restore: { from: "webstack-test-database", at } } })
      .database;
  expect(restored("2026-11-01 03:00:00 +0000 UTC")).toEqual(restored("2026-11-01T03:00:00Z"));
  expect(restored("2026-11-01 03:00:00 +0000 UTC")).toMatchObject({ restore: { at: "2026-11-01T03:00:00Z" } });
});

/**
 * A description as a user would write it who leaves nothing out but what cannot be written, an empty text, and what the target has no use
 * for.
 */
function writtenOut({ services, site, host, database, ...rest }: StackSpec): Raw {
  const said = (section: object) => Object.fromEntries(Object.entries(section).filter(([, value]) => value !== "" && value !== null));
  const { app, network, backup, monitoring, access, secrets, env, target } = rest;
  return withoutUnused(target, {
    target,
    app,
    network,
    backup,
    monitoring,
    access,
    secrets,
    env,
    services: Object.fromEntries(
      services.map(({ name, ...service }) => [
        name,
        Object.fromEntries(Object.entries(service).filter(([key, value]) => !(key === "port" && value === 0))),
      ]),
    ),
    site: { ...said(site), acme: said(site.acme) },
    host: said(host),
    database: said(database),
  });
}

function withoutUnused(target: TargetName, description: Raw): Raw {
  const without = (node: Raw, [name = "", ...rest]: readonly string[]): Raw =>
    Object.fromEntries(
      Object.entries(node).flatMap(([key, value]) =>
        key !== name ? [[key, value]] : rest.length === 0 ? [] : [[key, without(value as Raw, rest)]],
      ),
    );
  return Object.keys(unused[target]).reduce((rest, at) => without(rest, at.split(".")), description);
}
