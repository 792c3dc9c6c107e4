import { schedule } from "./schema/calendar";
import { debianNames, debians, defaultDebian } from "./catalog/debian";
import { command } from "./schema/command";
import {
  appName,
  backupSource,
  certificates,
  debianPackage,
  domain,
  email,
  envName,
  envValue,
  folder,
  glob,
  hostName,
  httpsUrl,
  identifier,
  instant,
  network,
  privateNetwork,
  publicKey,
  reason,
  slackChannel,
  slug,
  sourceFolder,
  staticFolder,
  stepName,
  unitName,
  urlPath,
  urlPrefix,
  version,
  webUrl,
  weekday,
} from "./schema/formats";
import { type TargetDefaults, targetDefaults } from "./targets";
import { byKind, computed, group, optional, required, section, type Values } from "./schema/section";
import { flag, listOf, mapOf, oneOf, wholeNumber } from "./schema/type";
import { commonKeys } from "../services/keys";
import { kinds } from "../services/registry";

/**
 * The key table: every key of a stack file, what it may hold, what holds where it is left out, and an example. The reference, the
 * editor schema and the config section of Pulumi.yaml are made from it (`npm run reference`).
 */

const kindNames = Object.keys(kinds);
const service = byKind(
  required(oneOf(...kindNames), { says: kindNames.map((name) => `${name}: ${kinds[name]?.says ?? ""}`).join("; "), example: "wsgi" }),
  Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, { ...kind.keys, ...commonKeys }])),
);

const timeoutSeconds = (value: number, of: { says: string; example: number }) => optional(wholeNumber(1, 86400), value, of);

const defaultVersion = (target: "digitalocean" | "aws", engine: "postgres" | "mysql"): string =>
  targetDefaults[target].versions(defaultDebian)[engine][0];

/** A default that each target has its own of, in words. */
const onEach = (of: (defaults: TargetDefaults) => string): string =>
  Object.entries(targetDefaults)
    .map(([target, defaults]) => `${of(defaults) || "none"} on ${target}`)
    .join(", ");

export const keys = {
  target: required(oneOf("digitalocean", "aws", "local"), { says: "where the stack runs", example: "digitalocean" }),
  protect: computed(oneOf("data", "nothing"), "data on digitalocean and aws, nothing on local", {
    says: "what no command of this program deletes: the database, the backups and the site's address, or nothing",
    example: "data",
  }),
  app: group(
    section({
      name: required(appName, { says: "names the system user, the labels, and by default the database", example: "ocpizza" }),
      source: required(sourceFolder, { says: "folder of the application, relative to that of Pulumi.yaml", example: "examples/ocpizza" }),
      requirements: optional(folder, "requirements.txt", {
        says: "Python packages with their hashes, below `source`",
        example: "requirements.txt",
      }),
      buildPackages: optional(listOf(debianPackage, "Debian packages"), [], {
        says: "Debian packages by which a host compiles the Python packages that come as source; `npm run new` proposes them",
        example: ["gcc", "libpq-dev", "python3-dev"],
      }),
      exclude: optional(listOf(glob, "paths"), [], {
        says:
          "what is no part of a release, beside what git would not hand on, untracked secrets and databases, and .git, .venv, " +
          "node_modules, __pycache__, *.pyc and stack files in the app's own folder",
        example: ["tests", "docs/**"],
      }),
    }),
    { says: "the application", example: { name: "ocpizza", source: "examples/ocpizza" } },
  ),
  services: group(mapOf(unitName, service, "names of services to their settings", "NAME"), {
    says: "processes that run all the time",
    example: { web: { kind: "wsgi", module: "ocpizza.wsgi:application" } },
  }),
  static: group(mapOf(urlPrefix, staticFolder, "URL prefixes to folders", "URL"), {
    says: "folders that nginx serves itself, filled by the release steps",
    example: { "/static/": "staticfiles" },
  }),
  release: group(
    section({
      steps: optional(
        listOf(
          section({
            name: required(stepName, { says: "names the step in the deployment log", example: "migrate" }),
            run: required(command, { says: "program and its arguments; no shell", example: "python manage.py migrate" }),
            timeoutSeconds: timeoutSeconds(600, { says: "a step that takes longer fails the release", example: 600 }),
          }),
          "steps",
        ),
        [],
        {
          says: "run in the new release, in order, before any process of it starts",
          example: [{ name: "migrate", run: "python manage.py migrate" }],
        },
      ),
      schema: computed(
        section({
          revision: required(command, {
            says: "prints the state of the database as its last line, the same whichever release asks",
            example: "python manage.py schemarevision",
          }),
          check: computed(command, "none: the database is saved before every release", {
            says: "ends with 0, run in the new release, when its steps leave the schema as it is",
            example: "python manage.py migrate --check",
          }),
          down: computed(command, "no way back", {
            says: "brings the database back to the state `{revision}`, for a rollback that asks for it",
            example: "python manage.py schemarevision --to {revision}",
          }),
        }),
        "none: a rollback does not look at the database",
        {
          says: "how a rollback knows whether the old code fits the database",
          example: { revision: "python manage.py schemarevision" },
        },
      ),
      restorePoint: optional(flag, true, {
        says: "whether the database is saved before a release changes its schema, where backups are kept; false only in an emergency",
        example: true,
      }),
      lockTimeoutSeconds: optional(wholeNumber(1, 600), 5, {
        says: "a step that waits longer for a lock of the database fails the release: the site's queries wait behind it",
        example: 5,
      }),
      keep: optional(wholeNumber(2, 50), 5, { says: "releases kept on the host, the serving one included", example: 5 }),
    }),
    { says: "what a release does beside starting the services", example: { keep: 5 } },
  ),
  jobs: group(
    mapOf(
      unitName,
      section({
        run: required(command, { says: "program and its arguments; no shell", example: "python manage.py clearsessions" }),
        schedule: required(schedule, { says: "when it runs, as OnCalendar= of systemd.time(7), in UTC", example: "*-*-* 06:00:00" }),
        timeoutSeconds: timeoutSeconds(3600, { says: "a run that takes longer fails", example: 3600 }),
        memoryMiB: optional(wholeNumber(16, 1048576), 256, { says: "memory limit of one run", example: 256 }),
      }),
      "names of jobs to their settings",
      "NAME",
    ),
    {
      says: "programs that run on a timer",
      example: { sessions: { run: "python manage.py clearsessions", schedule: "daily" } },
    },
  ),
  env: group(mapOf(envName, envValue, "names to texts", "NAME"), {
    says: "settings that are no secret, for services, jobs and release steps",
    example: { DJANGO_SETTINGS_MODULE: "ocpizza.settings" },
  }),
  secrets: optional(listOf(envName, "names"), [], {
    says: "settings that are secret; each value is set with `npm run secret -- STACK set NAME`",
    example: ["DJANGO_SECRET_KEY"],
  }),
  site: group(
    section({
      domain: computed(domain, "none: the site is reached by its address", { says: "public name of the site", example: "www.ocpizza.fr" }),
      aliases: optional(listOf(domain, "domain names"), [], { says: "other names, redirected to `domain`", example: ["ocpizza.fr"] }),
      tls: computed(oneOf("letsencrypt", "none"), "letsencrypt where there is a domain and the target is public, else none", {
        says: "where the certificate comes from",
        example: "letsencrypt",
      }),
      acme: group(
        section({
          directory: optional(httpsUrl, "https://acme-v02.api.letsencrypt.org/directory", {
            says: "the certificate authority's directory (RFC 8555)",
            example: "https://acme-staging-v02.api.letsencrypt.org/directory",
          }),
          email: computed(email, "the first of monitoring.emails, else hostmaster at `domain`", {
            says: "contact of the account with the authority",
            example: "ops@ocpizza.fr",
          }),
          ca: computed(certificates, "those that Debian trusts", {
            says: "PEM text of who signed the certificate of the directory itself",
            example: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
          }),
        }),
        { says: "how the certificate is ordered, with tls: letsencrypt", example: { email: "ops@ocpizza.fr" } },
      ),
      zone: computed(domain, "none: the records of `domain` are made elsewhere", {
        says: "DNS zone in which the target makes the site's records",
        example: "ocpizza.fr",
      }),
      existingRecords: optional(oneOf("refuse", "replace"), "refuse", {
        says:
          "what becomes of A records of these names that are in the zone already: up is refused, or they lead here once the host " +
          "serves (aws)",
        example: "replace",
      }),
      caa: optional(oneOf("subdomains", "all", "none"), "subdomains", {
        says:
          "which names say that Let's Encrypt alone may sign for them; at the zone's own name that holds for all names below it, " +
          "also those of others",
        example: "all",
      }),
      http3: optional(flag, false, {
        says: "whether visitors may come by HTTP/3 too, which needs TLS and an nginx that has it; opens UDP port 443",
        example: true,
      }),
      maxBodyMiB: optional(wholeNumber(1, 4096), 10, { says: "largest request body", example: 10 }),
      quietPaths: optional(listOf(urlPath, "URL paths"), [], {
        says: "exact paths that leave no line in the access log",
        example: ["/favicon.ico"],
      }),
      maintenancePath: optional(urlPath, "/maintenance.json", {
        says: "URL path that says as JSON whether there is maintenance, for mobile apps",
        example: "/maintenance.json",
      }),
    }),
    { says: "the public face", example: { domain: "www.ocpizza.fr" } },
  ),
  host: group(
    section({
      image: optional(slug, defaultDebian, {
        says:
          `machine image: ${debianNames.join(", ")}, or an image that was made of a host of this stack, by its number on ` +
          `digitalocean ("148000001") or its name on aws (ami-...)`,
        example: "debian-13",
      }),
      debian: computed(oneOf(...debianNames), "that of `image`; it must be set where that is an image of one's own", {
        says: "release of Debian that an image of one's own has",
        example: "debian-13",
      }),
      size: computed(
        slug,
        onEach(({ hostSize }) => hostSize),
        { says: "the target's name of the machine size", example: "s-1vcpu-2gb" },
      ),
      region: computed(
        slug,
        onEach(({ region }) => region),
        { says: "the target's name of the region", example: "fra1" },
      ),
      memoryMiB: computed(wholeNumber(256, 1048576), "that of `size`, 2048 on local", { says: "memory of the machine", example: 2048 }),
      cpus: computed(wholeNumber(1, 256), "that of `size`, 2 on local", { says: "cores of the machine", example: 2 }),
      packages: optional(listOf(debianPackage, "Debian packages"), [], { says: "Debian packages that the app needs", example: ["libpq5"] }),
      cpuCredits: optional(oneOf("unlimited", "standard"), "unlimited", {
        says:
          "what a burstable machine of aws does once its CPU credits are used up: cost more, or slow down to its baseline; it begins " +
          "as unlimited either way",
        example: "unlimited",
      }),
      snapshots: group(
        section({
          every: computed(
            oneOf("day", "week", "never"),
            onEach(({ snapshots }) => snapshots),
            { says: "how often the target keeps an image of the whole machine", example: "day" },
          ),
          weekday: optional(weekday, "sunday", { says: "day of weekly images", example: "sunday" }),
          hour: optional(wholeNumber(0, 23), 4, { says: "hour of the day, UTC, at which the target begins", example: 4 }),
          keep: computed(wholeNumber(1, 30), "4 weekly or 7 daily ones", { says: "images kept", example: 7 }),
        }),
        { says: "images of the machine, beside the backups of its data", example: { every: "day" } },
      ),
    }),
    { says: "the machine that serves", example: { size: "s-1vcpu-2gb" } },
  ),
  network: group(
    section({
      range: optional(privateNetwork, "10.20.0.0/24", {
        says: "private network of the stack; two stacks on one box need two",
        example: "10.20.0.0/24",
      }),
      nat: optional(oneOf("none", "gateway"), "none", {
        says: "whether machines without a public address may open connections to the Internet; a gateway is paid by the hour",
        example: "none",
      }),
      flowLogs: optional(flag, false, { says: "keeps a record of every connection for 30 days", example: true }),
      outbound: optional(listOf(wholeNumber(1, 65535), "ports"), [], {
        says: "TCP ports of the Internet that the app reaches beside 80 and 443, where the target closes the others",
        example: [587],
      }),
    }),
    { says: "the network of the machines", example: { range: "10.20.0.0/24" } },
  ),
  database: group(
    byKind(
      optional(oneOf("managed", "external", "none"), "managed", {
        says:
          "a database of the target's own service, a PostgreSQL of somebody else's service whose address is the secret DATABASE_URL, " +
          "or none",
        example: "managed",
      }),
      {
        managed: {
          engine: optional(oneOf("postgres", "mysql"), "postgres", {
            says: "PostgreSQL, or MySQL (MariaDB on local)",
            example: "postgres",
          }),
          version: computed(
            version,
            `${defaultVersion("digitalocean", "postgres")} for postgres; for mysql ${defaultVersion("digitalocean", "mysql")} on ` +
              `digitalocean, ${defaultVersion("aws", "mysql")} on aws; on local, where it chooses the Debian of the database's ` +
              "machine, what that of the hosts has: " +
              `${debianNames.map((name) => `${debians[name].postgres} or ${debians[name].mariadb} with ${name}`).join(", ")}`,
            { says: "version of the engine", example: "17" },
          ),
          name: computed(identifier, "app.name, with _ for -", { says: "name of the database", example: "ocpizza" }),
          user: computed(identifier, "app.name, with _ for -", { says: "the role that the app logs in as", example: "ocpizza" }),
          size: computed(
            slug,
            onEach(({ databaseSize }) => databaseSize),
            { says: "the target's name of the database size", example: "db-s-1vcpu-1gb" },
          ),
          storageGiB: computed(wholeNumber(5, 16384), "10, on aws 20", { says: "disk of the database", example: 20 }),
          connections: computed(
            wholeNumber(1, 5000),
            "what memoryMiB gives on the target: 22 for 1 GiB of PostgreSQL on digitalocean, 80 on aws, 100 on local",
            {
              says: "connections that the database accepts from the app",
              example: 22,
            },
          ),
          memoryMiB: computed(wholeNumber(256, 1048576), "that of `size`, 1024 on local", {
            says: "memory of the database",
            example: 1024,
          }),
          pool: optional(oneOf("none", "transaction"), "none", {
            says:
              "a pooler of the target's own between app and database, for an app that needs more than `connections`; with " +
              "transaction, what a session sets ends with its transaction",
            example: "transaction",
          }),
          standby: optional(flag, false, { says: "a second server that takes over when the first fails", example: true }),
          storageLimitGiB: computed(wholeNumber(5, 65536), "twice storageGiB", {
            says: "how far the target may enlarge the disk by itself; storageGiB means never",
            example: 40,
          }),
          keepDays: optional(wholeNumber(1, 35), 7, {
            says: "days to which the target can bring the database back, beside the backups",
            example: 7,
          }),
          maintenance: group(
            section({
              weekday: optional(weekday, "sunday", { says: "day of the week", example: "sunday" }),
              hour: optional(wholeNumber(0, 23), 2, { says: "hour of the day, UTC, at which it begins", example: 2 }),
            }),
            { says: "when the target may work on the database", example: { weekday: "sunday", hour: 2 } },
          ),
          restore: computed(
            section({
              from: required(backupSource, {
                says: "name of the database, or of its snapshot, in the target",
                example: "webstack-prod-database",
              }),
              at: computed(instant, "its newest state", {
                says: "moment to which the copy goes back, UTC",
                example: "2026-11-01T03:00:00Z",
              }),
            }),
            "none: a new database is empty",
            {
              says:
                "makes the database anew as a copy of another one, to which the site moves; it stays in the file, since it says " +
                "which database the site has",
              example: { from: "webstack-prod-database" },
            },
          ),
        },
        external: {
          connections: required(wholeNumber(1, 5000), { says: "connections that the database accepts from the app", example: 22 }),
          ca: computed(certificates, "those that Debian trusts", {
            says: "PEM text of who signs the certificate of somebody else's database",
            example: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
          }),
        },
        none: {},
      },
    ),
    { says: "the database; the app gets its address as DATABASE_URL", example: { kind: "managed", engine: "postgres" } },
  ),
  backup: group(
    section({
      enabled: computed(flag, "true where there is a database", { says: "whether the database is dumped on a schedule", example: true }),
      schedule: optional(schedule, "*-*-* 06:00:00", {
        says: "when, as OnCalendar= of systemd.time(7), in UTC",
        example: "*-*-* 06:00:00",
      }),
      keepDays: optional(wholeNumber(1, 365), 7, { says: "days for which every backup is kept", example: 7 }),
      keepWeekly: optional(wholeNumber(0, 104), 4, { says: "weeks of which the last backup is kept longer", example: 4 }),
      keepMonthly: optional(wholeNumber(0, 120), 6, { says: "months of which the last backup is kept longer", example: 6 }),
      paths: optional(listOf(folder, "folders"), [], {
        says: "folders of uploaded media below /srv/webstack/shared/data, which the app may write",
        example: ["media"],
      }),
      batch: computed(
        section({
          hour: optional(wholeNumber(0, 23), 5, { says: "hour of the day, UTC", example: 5 }),
          keepDays: optional(wholeNumber(1, 365), 7, { says: "days for which a dump is kept", example: 7 }),
        }),
        "none: the host alone makes backups",
        { says: "has the target's batch service dump the database once a day too, which needs no host", example: { hour: 5 } },
      ),
      drill: group(
        section({
          health: computed(flag, "true where a service answers HTTP", {
            says: "whether a second instance of each such service is started on the restored database and its health page asked",
            example: true,
          }),
          schedule: optional(schedule, "Sun *-*-* 07:00:00", {
            says: "when the newest backup is restored beside the site and checked",
            example: "Sun *-*-* 07:00:00",
          }),
          checks: optional(
            listOf(
              section({
                sql: required(envValue, { says: "a question to the restored database", example: "select count(*) > 0 from shop_product" }),
                expect: required(envValue, { says: "its answer, as psql or mariadb print it without headings", example: "t" }),
              }),
              "questions",
            ),
            [],
            {
              says: "what must hold in a restored database, in a drill and before a restore takes effect",
              example: [{ sql: "select count(*) > 0 from shop_product", expect: "t" }],
            },
          ),
        }),
        { says: "the rehearsal of a restore", example: { schedule: "Sun *-*-* 07:00:00" } },
      ),
    }),
    { says: "backups of the database and of uploaded media", example: { keepDays: 7 } },
  ),
  monitoring: group(
    section({
      emails: optional(listOf(email, "e-mail addresses"), [], { says: "receivers of alerts", example: ["ops@ocpizza.fr"] }),
      slack: computed(
        section({
          channel: required(slackChannel, { says: "channel of the webhook", example: "#alerts" }),
        }),
        "none: alerts go by e-mail alone",
        { says: "receives alerts, too; its webhook is the secret slackWebhook", example: { channel: "#alerts" } },
      ),
      budget: optional(wholeNumber(0, 1000000), 0, {
        says: "US dollars a month that the stack may cost: an estimate above it is refused, of the prices that are known; 0 means any",
        example: 40,
      }),
      smtp: computed(
        section({
          host: required(hostName, { says: "the mail server that takes the alerts", example: "smtp.example.org" }),
          port: computed(wholeNumber(1, 65535), "587 for starttls, 465 for tls, 25 for none", { says: "its port", example: 587 }),
          tls: optional(oneOf("starttls", "tls", "none"), "starttls", {
            says: "how the connection is encrypted, with the server's certificate checked: after STARTTLS, from its start, or not at all",
            example: "starttls",
          }),
          user: computed(envValue, "no login", {
            says: "login at the mail server, with the secret smtpPassword",
            example: "alerts@ocpizza.fr",
          }),
          from: required(email, { says: "sender of the alerts", example: "alerts@ocpizza.fr" }),
        }),
        "none: the hosts send no e-mail",
        {
          says: "how the hosts send e-mail; a webhook needs only the secret alertWebhook",
          example: { host: "smtp.example.org", user: "alerts@ocpizza.fr", from: "alerts@ocpizza.fr" },
        },
      ),
      sentry: computed(
        section({
          organization: required(slug, { says: "slug of the organization", example: "ocpizza" }),
          project: required(slug, { says: "slug of the project", example: "site" }),
          url: optional(webUrl, "https://sentry.io", { says: "where Sentry is", example: "https://sentry.example.org" }),
        }),
        "none: releases are not announced",
        { says: "announces each release to Sentry, with the secret sentryToken", example: { organization: "ocpizza", project: "site" } },
      ),
      nrpe: computed(
        section({
          allowedHosts: required(listOf(network, "networks in CIDR form"), {
            says: "networks of the Nagios or Centreon servers that may ask",
            example: ["203.0.113.9/32"],
          }),
        }),
        "none: no NRPE server is installed",
        { says: "checks for Nagios and Centreon on port 5666", example: { allowedHosts: ["203.0.113.9/32"] } },
      ),
    }),
    { says: "watching", example: { emails: ["ops@ocpizza.fr"] } },
  ),
  policy: group(
    section({
      exceptions: optional(
        listOf(
          section({
            rule: required(unitName, { says: "the rule, as docs/policy.md names it", example: "do-database-standby" }),
            resource: required(unitName, { says: "the resource that may break it", example: "database" }),
            reason: required(reason, {
              says: "why, for whoever reads the review",
              example: "half an hour without orders costs less than a standby",
            }),
          }),
          "exceptions",
        ),
        [],
        {
          says: "rules that one resource may break, each with its reason",
          example: [{ rule: "do-database-standby", resource: "database", reason: "half an hour without orders costs less than a standby" }],
        },
      ),
    }),
    { says: "rules that every stack is held to", example: { exceptions: [] } },
  ),
  access: group(
    section({
      sshFrom: computed(listOf(network, "networks in CIDR form"), "this box on local; must be set elsewhere", {
        says: "networks that may open SSH connections",
        example: ["203.0.113.7/32"],
      }),
      sessions: optional(flag, false, { says: "lets people open a shell through the target's own service, without SSH", example: true }),
      sshKeys: optional(listOf(publicKey, "public SSH keys"), [], {
        says: "keys of people, beside the stack's own key",
        example: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1cJ6fzdPB8QGUAlyFSbM3WO5DAyXMuEWcRO1mmJYQy anna"],
      }),
    }),
    { says: "who may log in", example: { sshFrom: ["203.0.113.7/32"] } },
  ),
};

/** What a file says after each key has been judged alone: defaults that need other keys are still undefined. */
export type Description = Values<typeof keys>;
