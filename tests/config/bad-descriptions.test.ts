/** Limit: what is written in a file. Whether the cloud has that size, or the folder exists, is seen later. */
import { parseSpec } from "../../infra/config/parse";
import { context, raw, type Raw } from "./baseline";

const web = { kind: "wsgi", module: "ocpizza.wsgi:application", workers: 2, threads: 4 };
const bot = { kind: "command", command: "python bot.py" };
const app = { name: "ocpizza", source: "examples/ocpizza" };
const cloud = { target: "digitalocean", access: { sshFrom: ["203.0.113.7/32"] } };
const daily = { run: "python manage.py clearsessions", schedule: "daily" };

/** What is wrong, the sections that say so, and the lines of the error in full. */
const bad: readonly (readonly [what: string, overrides: Raw, lines: readonly string[]])[] = [
  // keys
  ["a mistyped section", { databse: { engine: "mysql" } }, ["databse: is not a known key; did you mean database?"]],
  [
    "a section that is nothing like a known one",
    { kubernetes: {} },
    [
      "kubernetes: is not a known key; known keys are target, protect, app, services, static, release, jobs, env, secrets, site, " +
        "host, network, database, backup, monitoring, policy, access",
    ],
  ],
  [
    "a key that there is no more",
    { ...cloud, target: "aws", database: { blueGreen: true } },
    [
      "database.blueGreen: must be left out: RDS makes no blue/green deployment of a database whose master's password it keeps " +
        "itself, as it does here",
    ],
  ],
  [
    "a mistyped key of a service",
    { services: { web: { ...web, wokers: 3 } } },
    ["services.web.wokers: is not a known key; did you mean workers?"],
  ],
  [
    "a key that another kind of service has",
    { services: { web, bot: { ...bot, path: "/bot/" } } },
    ['services.bot.path: must be left out where kind is command, got "/bot/"'],
  ],
  [
    "threads of an asgi service",
    { services: { web: { kind: "asgi", module: "api:app", threads: 8 } } },
    ["services.web.threads: must be left out where kind is asgi, got 8"],
  ],
  ["no target", { target: "" }, ['target: must be digitalocean, aws or local, got ""; for example target: digitalocean']],
  ["an unknown target", { target: "azure" }, ['target: must be digitalocean, aws or local, got "azure"; for example target: digitalocean']],
  [
    "no services",
    { services: {} },
    ['services: must name at least one service; for example services: {"web":{"kind":"wsgi","module":"ocpizza.wsgi:application"}}'],
  ],
  [
    "a list where a mapping belongs",
    { services: [web] },
    [
      "services: must be a mapping from names of services to their settings, got " +
        '[{"kind":"wsgi","module":"ocpizza.wsgi:application","workers":2,"threads":4}]; for example services: ' +
        '{"web":{"kind":"wsgi","module":"ocpizza.wsgi:application"}}',
    ],
  ],
  [
    "a text where a section belongs",
    { app: "ocpizza" },
    [
      'app: must be a mapping with the keys name, source, requirements, buildPackages, exclude, got "ocpizza"; for example app: ' +
        '{"name":"ocpizza","source":"examples/ocpizza"}',
    ],
  ],
  [
    "no name of the app",
    { app: { source: "app" } },
    ["app.name: must be set to 2 to 20 lower-case letters, digits and dashes, beginning with a letter; for example name: ocpizza"],
  ],
  [
    "a service without its kind",
    { services: { web: { module: "a:b" } } },
    ["services.web.kind: must be set to wsgi, asgi or command; for example kind: wsgi"],
  ],
  [
    "a setting of a database there is none of",
    { database: { kind: "none", engine: "mysql" } },
    ['database.engine: must be left out where kind is none, got "mysql"'],
  ],
  // names
  [
    "a long name of the app",
    { app: { ...app, name: "a-name-of-21-letters-" } },
    [
      'app.name: must be 2 to 20 lower-case letters, digits and dashes, beginning with a letter, got "a-name-of-21-letters-"; for ' +
        "example name: ocpizza",
    ],
  ],
  [
    "an app named as a system user",
    { app: { ...app, name: "postgres" } },
    [
      'app.name: must not be the name of a user or group of the system, got "postgres"',
      'database.name: must not be a name that the engine keeps for itself, got "postgres"',
      'database.user: must not be a name that the engine keeps for itself, got "postgres"',
    ],
  ],
  [
    "an app named as a group of Debian",
    { app: { ...app, name: "ssl-cert" }, database: { name: "shop", user: "shop" } },
    ['app.name: must not be the name of a user or group of the system, got "ssl-cert"'],
  ],
  [
    "a database called as a word of GRANT, and its user as one of pg_hba.conf",
    { database: { name: "none", user: "samerole" } },
    [
      'database.name: must not be a name that the engine keeps for itself, got "none"',
      'database.user: must not be a name that the engine keeps for itself, got "samerole"',
    ],
  ],
  [
    "a user of the database who would be everybody, and one who would be nobody",
    { database: { name: "replication", user: "all" } },
    [
      'database.name: must not be a name that the engine keeps for itself, got "replication"',
      'database.user: must not be a name that the engine keeps for itself, got "all"',
    ],
  ],
  [
    "a job that would take the place of Debian's own",
    { jobs: { "apt-daily-upgrade": daily } },
    ["jobs.apt-daily-upgrade: must not have the name of a unit of the system, apt-daily-upgrade.service; name it app-apt-daily-upgrade"],
  ],
  [
    "a service named as a unit of the system",
    { services: { nginx: web } },
    ["services.nginx: must not have the name of a unit of the system, nginx.service; name it app-nginx"],
  ],
  [
    "a job named as a unit of the system",
    { jobs: { "systemd-sync": daily } },
    ["jobs.systemd-sync: must not have the name of a unit of the system, systemd-sync.service; name it app-systemd-sync"],
  ],
  [
    "a service named as a slot",
    { services: { "web-blue": web } },
    ["services.web-blue: must not end in -blue or -green, which are the slots of a service"],
  ],
  [
    "a service name with a capital letter",
    { services: { Web: web } },
    ['services.Web: must be lower-case letters, digits and dashes, beginning with a letter, at most 32, got "Web"'],
  ],
  [
    "a service name with a newline",
    { services: { "a\nb": web } },
    [`services."a\\nb": must be lower-case letters, digits and dashes, beginning with a letter, at most 32, got "a\\nb"`],
  ],
  [
    "a job named as a service",
    { jobs: { web: daily } },
    ["jobs.web: must not have the name of a service, since both are units of the host; name it web-job"],
  ],
  [
    "two release steps of one name",
    {
      release: {
        steps: [
          { name: "migrate", run: "a" },
          { name: "migrate", run: "b" },
        ],
      },
    },
    ['release.steps.1.name: must not be the name of release.steps.0 too, got "migrate"'],
  ],
  // numbers
  [
    "0 workers",
    { services: { web: { ...web, workers: 0 } } },
    ["services.web.workers: must be a whole number from 1 to 64, got 0; for example workers: 3"],
  ],
  [
    "a negative number of workers",
    { services: { web: { ...web, workers: -1 } } },
    ["services.web.workers: must be a whole number from 1 to 64, got -1; for example workers: 3"],
  ],
  [
    "a million workers",
    { services: { web: { ...web, workers: 1e6 } } },
    ["services.web.workers: must be a whole number from 1 to 64, got 1000000; for example workers: 3"],
  ],
  [
    "workers in words",
    { services: { web: { ...web, workers: "three" } } },
    ['services.web.workers: must be a whole number from 1 to 64, got "three"; for example workers: 3'],
  ],
  [
    "half a worker",
    { services: { web: { ...web, workers: 1.5 } } },
    ["services.web.workers: must be a whole number from 1 to 64, got 1.5; for example workers: 3"],
  ],
  [
    "port 0",
    { services: { web: { ...web, port: 0 } } },
    ["services.web.port: must be a whole number from 1024 to 65535, got 0; for example port: 8001"],
  ],
  [
    "port 65536",
    { services: { web: { ...web, port: 65536 } } },
    ["services.web.port: must be a whole number from 1024 to 65535, got 65536; for example port: 8001"],
  ],
  [
    "a port that only root may open",
    { services: { web: { ...web, port: 80 } } },
    ["services.web.port: must be a whole number from 1024 to 65535, got 80; for example port: 8001"],
  ],
  [
    "one port for two services",
    { services: { api: { ...web, path: "/api/", port: 8001 }, web: { ...web, port: 8001 } } },
    ["services.web.port: must not be the port of services.api too, got 8001"],
  ],
  [
    "backups kept for no day",
    { backup: { keepDays: 0 } },
    ["backup.keepDays: must be a whole number from 1 to 365, got 0; for example keepDays: 7"],
  ],
  [
    "media in media, the folder of all of them, one named twice, and a name of the restores' own",
    { backup: { paths: ["media/menus/", ".", "media", "./media//menus", "other/.aside-mine"] } },
    [
      'backup.paths.0: must not be in backup.paths.2 too, media, which is kept with all that is in it, got "media/menus/"; leave ' +
        "one of them out",
      'backup.paths.1: must be a folder below /srv/webstack/shared/data, not all of it, got "."; for example paths: ["media"]',
      "backup.paths.3: must not be in backup.paths.0 too, media/menus/, which is kept with all that is in it, got " +
        '"./media//menus"; leave one of them out',
      'backup.paths.4: must not begin with .aside- or .incoming-, as what a restore puts aside does, got "other/.aside-mine"; name ' +
        "it otherwise",
    ],
  ],
  [
    "one release kept, so no way back",
    { release: { keep: 1 } },
    ["release.keep: must be a whole number from 2 to 50, got 1; for example keep: 5"],
  ],
  // paths and modules
  ["one path for two services", { services: { api: web, web } }, ['services.web.path: must not be the path of services.api too, got "/"']],
  [
    "a path without its last slash",
    { services: { web: { ...web, path: "/api" } } },
    ['services.web.path: must be a URL path that begins and ends with "/", got "/api"; write /api/'],
  ],
  [
    "a path that climbs",
    { services: { web: { ...web, path: "/a/../b/" } } },
    ['services.web.path: must be a URL path that begins and ends with "/", got "/a/../b/"; for example path: /api/'],
  ],
  [
    "a file instead of a module",
    { services: { web: { ...web, module: "ocpizza/wsgi.py" } } },
    ['services.web.module: must be of the form package.module:callable, got "ocpizza/wsgi.py"; write dots for slashes and leave .py out'],
  ],
  [
    "a module without its callable",
    { services: { web: { ...web, module: "ocpizza.wsgi" } } },
    [
      'services.web.module: must be of the form package.module:callable, got "ocpizza.wsgi"; name the callable, as in ' +
        "ocpizza.wsgi:application",
    ],
  ],
  [
    "a health path that nginx hands to another service",
    { services: { api: { ...web, path: "/api/", health: { path: "/healthz" } }, web } },
    ['services.api.health.path: must lie below /api/, where nginx hands it to this service, got "/healthz"'],
  ],
  [
    "a static folder at the path of a service",
    { services: { web, api: { ...web, path: "/api/" } }, static: { "/api/": "files" } },
    ["static./api/: must not be the path of services.api too"],
  ],
  [
    "a static folder that is the whole site",
    { services: { web: { ...web, path: "/app/" } }, static: { "/": "public" } },
    ['static./: must not be the whole site, "/"; for example "/static/"'],
  ],
  [
    "a static folder inside another",
    { static: { "/static/": "a", "/static/admin/": "b" } },
    ["static./static/admin/: must not lie below static./static/"],
  ],
  [
    "static folders in one another, twice and in the place of the host's own",
    { static: { "/a/": "assets", "/b/": "./assets/inner", "/c/": "assets/", "/d/": ".", "/e/": "venv/lib", "/f/": ".webstack-static" } },
    [
      'static./b/: must not lie in assets, the folder of static./a/, got "assets/inner"',
      'static./c/: must not lie in assets, the folder of static./a/, got "assets"',
      'static./d/: must be a folder of the release, not all of it, got "."',
      'static./e/: must be a folder that the release\'s steps fill, not one that the host keeps for itself, got "venv/lib"',
      'static./f/: must be a folder that the release\'s steps fill, not one that the host keeps for itself, got ".webstack-static"',
    ],
  ],
  [
    "a static folder outside of the release",
    { static: { "/media/": "../media", "/uploads/": "/srv/webstack/shared/data/media" } },
    [
      'static./media/: must be a relative path, got "../media"; nginx serves folders of the release alone; uploads, below ' +
        "/srv/webstack/shared/data, are for the app to answer, or for a store of objects",
      'static./uploads/: must be a relative path, got "/srv/webstack/shared/data/media"; nginx serves folders of the release ' +
        "alone; uploads, below /srv/webstack/shared/data, are for the app to answer, or for a store of objects",
    ],
  ],
  [
    "an absolute source",
    { app: { ...app, source: "/srv/app" } },
    ['app.source: must be a path relative to the folder of Pulumi.yaml, got "/srv/app"; write it relative, as in ../myapp'],
  ],
  [
    "a source with a command in it",
    { app: { ...app, source: "$(id)" } },
    ['app.source: must be a path relative to the folder of Pulumi.yaml, got "$(id)"; for example source: examples/ocpizza'],
  ],
  // order
  [
    "a service after an unknown one",
    { services: { web: { ...web, after: ["api"] } } },
    ['services.web.after.0: must be the name of a service (web), got "api"'],
  ],
  [
    "a service after itself",
    { services: { web: { ...web, after: ["web"] } } },
    ["services.web.after: must not lead back to itself: web after web"],
  ],
  [
    "services in a circle",
    { services: { api: { ...web, path: "/api/", after: ["bot"] }, bot: { ...bot, after: ["web"] }, web: { ...web, after: ["api"] } } },
    ["services.api.after: must not lead back to itself: api after bot after web after api"],
  ],
  // commands and schedules
  [
    "a pipe",
    { jobs: { dump: { ...daily, run: "pg_dump | gzip" } } },
    [
      'jobs.dump.run: must be a command as one line or as a list of words, got "pg_dump | gzip"; no shell runs it, so put "|" into ' +
        "a script of the app, or in single quotes where it is meant as it is",
    ],
  ],
  [
    "two commands in one",
    { jobs: { dump: { ...daily, run: "cd /srv && ls" } } },
    [
      'jobs.dump.run: must be a command as one line or as a list of words, got "cd /srv && ls"; no shell runs it, so put "&" into ' +
        "a script of the app, or in single quotes where it is meant as it is",
    ],
  ],
  [
    "a redirection",
    { release: { steps: [{ name: "a", run: "python a.py > log" }] } },
    [
      'release.steps.0.run: must be a command as one line or as a list of words, got "python a.py > log"; no shell runs it, so put ' +
        '">" into a script of the app, or in single quotes where it is meant as it is',
    ],
  ],
  [
    "a substitution inside double quotes",
    { jobs: { dump: { ...daily, run: 'echo "$(id)"' } } },
    [
      `jobs.dump.run: must be a command as one line or as a list of words, got "echo \\"$(id)\\""; no shell runs it, so put "$" ` +
        "into a script of the app, or in single quotes where it is meant as it is",
    ],
  ],
  [
    "an open quote",
    { jobs: { dump: { ...daily, run: "echo 'a" } } },
    [`jobs.dump.run: must be a command as one line or as a list of words, got "echo 'a"; close the quote`],
  ],
  [
    "an empty command",
    { jobs: { dump: { ...daily, run: " " } } },
    ['jobs.dump.run: must be a command as one line or as a list of words, got " "; for example run: python manage.py clearsessions'],
  ],
  [
    "a word with a newline",
    { jobs: { dump: { ...daily, run: ["echo", "a\nUser=root"] } } },
    [
      `jobs.dump.run: must be a command as one line or as a list of words, got ["echo","a\\nUser=root"]; for example run: python ` +
        "manage.py clearsessions",
    ],
  ],
  [
    "a schedule of cron",
    { jobs: { dump: { ...daily, schedule: "0 6 * * *" } } },
    [
      'jobs.dump.schedule: must be a calendar expression of systemd, in UTC, got "0 6 * * *"; this is the form of cron, where "0 6 ' +
        '* * *" means *-*-* 06:00:00',
    ],
  ],
  [
    "a schedule of no meaning",
    { jobs: { dump: { ...daily, schedule: "every morning" } } },
    ['jobs.dump.schedule: must be a calendar expression of systemd, in UTC, got "every morning"; for example schedule: "*-*-* 06:00:00"'],
  ],
  [
    "a day that no year has",
    { jobs: { dump: { ...daily, schedule: "*-02-30 06:00" } } },
    ['jobs.dump.schedule: must be a calendar expression of systemd, in UTC, got "*-02-30 06:00"; for example schedule: "*-*-* 06:00:00"'],
  ],
  [
    "an hour that no day has",
    { backup: { schedule: "25:00" } },
    ['backup.schedule: must be a calendar expression of systemd, in UTC, got "25:00"; for example schedule: "*-*-* 06:00:00"'],
  ],
  // settings
  [
    "a setting with = in its name",
    { env: { "A=B": "1" } },
    ['env."A=B": must be a name of letters, digits and underscores, not beginning with a digit, got "A=B"'],
  ],
  ["a setting that YAML takes for a truth value", { env: { DEBUG: true } }, ["env.DEBUG: must be text, got true; put it in quotes"]],
  ["a setting that YAML takes for a number", { env: { LIMIT: 1e3 } }, ["env.LIMIT: must be text, got 1000; put it in quotes"]],
  ["a setting with NUL", { env: { A: "a\0b" } }, [`env.A: must be text, got "a\\u0000b"; no environment can hold a NUL character`]],
  [
    "a setting that the host gives",
    { env: { DATABASE_URL: "sqlite://" } },
    ["env.DATABASE_URL: must be left out, since every process gets it from the host"],
  ],
  [
    "a setting that is a secret too",
    { env: { TOKEN: "x" }, secrets: ["TOKEN"] },
    ["env.TOKEN: must not be in secrets too; keep only the secret TOKEN"],
  ],
  [
    "a secret named as a section",
    { secrets: ["database"] },
    [
      "database: must not hold a secret; name the secret in secrets and set it as a key of its own",
      'secrets.0: must not be the name of another key of this file, got "database"',
    ],
  ],
  [
    "a secret that the host gives",
    { secrets: ["DATABASE_URL"] },
    ['secrets.0: must be left out, since every process gets it from the host, got "DATABASE_URL"'],
  ],
  ["a secret named twice", { secrets: ["TOKEN", "TOKEN"] }, ['secrets.1: must not repeat secrets.0, got "TOKEN"']],
  // site
  [
    "a domain that begins with a dash",
    { site: { domain: "-a.fr" } },
    [
      'site.domain: must be a domain name in lower case, of labels with letters, digits and dashes, got "-a.fr"; for example ' +
        "domain: www.ocpizza.fr",
    ],
  ],
  [
    "a domain with a blank",
    { site: { domain: "a b.fr" } },
    [
      'site.domain: must be a domain name in lower case, of labels with letters, digits and dashes, got "a b.fr"; for example ' +
        "domain: www.ocpizza.fr",
    ],
  ],
  [
    "a domain with a command in it",
    { site: { domain: "a.fr;rm -rf /" } },
    [
      'site.domain: must be a domain name in lower case, of labels with letters, digits and dashes, got "a.fr;rm -rf /"; for ' +
        "example domain: www.ocpizza.fr",
    ],
  ],
  [
    "a domain with a newline",
    { site: { domain: "a.fr\n" } },
    [
      `site.domain: must be a domain name in lower case, of labels with letters, digits and dashes, got "a.fr\\n"; for example ` +
        "domain: www.ocpizza.fr",
    ],
  ],
  [
    "a domain in its own script",
    { site: { domain: "pâtes.fr" } },
    ['site.domain: must be a domain name in lower case, of labels with letters, digits and dashes, got "pâtes.fr"; write xn--ptes-boa.fr'],
  ],
  [
    "a domain in capital letters",
    { site: { domain: "WWW.ocpizza.fr" } },
    [
      'site.domain: must be a domain name in lower case, of labels with letters, digits and dashes, got "WWW.ocpizza.fr"; write ' +
        "www.ocpizza.fr",
    ],
  ],
  [
    "a domain of 254 characters",
    { site: { domain: `${"a".repeat(62)}.${"b".repeat(62)}.${"c".repeat(62)}.${"d".repeat(62)}.fr` } },
    [
      "site.domain: must be a domain name in lower case, of labels with letters, digits and dashes, got " +
        '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...; for example ' +
        "domain: www.ocpizza.fr",
    ],
  ],
  [
    "an address as a domain",
    { site: { domain: "203.0.113.7" } },
    [
      'site.domain: must be a domain name in lower case, of labels with letters, digits and dashes, got "203.0.113.7"; for example ' +
        "domain: www.ocpizza.fr",
    ],
  ],
  [
    "secrets among the settings",
    {
      env: {
        REDIS_URL: "redis://shop:marker-9f2@cache.test/0",
        STRIPE: `sk_live_${"marker9f2".repeat(2)}`,
        MAIL: "password=marker-9f2",
        SMTP_PASSWORD: "marker-9f2",
        PASSWORD_RESET_SECONDS: "86400000",
        TOKEN_URL: "https://shop.test/token",
        PAGE: "https://shop.test/",
      },
    },
    [
      "env.MAIL: must be a secret: its value looks like a password; name MAIL in secrets instead, and change what was saved in this file",
      "env.REDIS_URL: must be a secret: its value looks like an URL with a password; name REDIS_URL in secrets instead, and change " +
        "what was saved in this file",
      "env.SMTP_PASSWORD: must be a secret: its name says a password; name SMTP_PASSWORD in secrets instead, and change what was " +
        "saved in this file",
      "env.STRIPE: must be a secret: its value looks like a Stripe key; name STRIPE in secrets instead, and change what was saved " +
        "in this file",
    ],
  ],
  [
    "an exception without a reason",
    { ...cloud, policy: { exceptions: [{ rule: "do-database-standby", resource: "database", reason: "no" }] } },
    [
      'policy.exceptions.0.reason: must be a reason in words, 20 to 500 characters on one line, got "no"; for example reason: half ' +
        "an hour without orders costs less than a standby",
    ],
  ],
  [
    "a mail server at a port that the cloud closes",
    {
      ...cloud,
      monitoring: { emails: ["ops@ocpizza.fr"], smtp: { host: "smtp.ocpizza.fr", from: "alerts@ocpizza.fr" } },
      network: { outbound: [5432] },
    },
    [
      "monitoring.smtp.port: must be one of network.outbound, since digitalocean closes other ports to the Internet, got 587; add " +
        "it there, as network.outbound: [5432, 587], or leave monitoring.smtp out: digitalocean tells of alerts by e-mail without it",
    ],
  ],
  [
    "a name outside its zone",
    { ...cloud, site: { domain: "www.ocpizza.fr", aliases: ["ocpizza.com"], zone: "ocpizza.fr" } },
    ['site.aliases.0: must lie in site.zone, ocpizza.fr, got "ocpizza.com"'],
  ],
  [
    "a domain in clear on the Internet",
    { ...cloud, site: { domain: "www.ocpizza.fr", tls: "none" } },
    [
      'site.tls: must be letsencrypt for a domain on digitalocean, where passwords would cross the Internet in clear, got "none"; ' +
        "leave it out",
    ],
  ],
  [
    "a certificate without a name",
    { ...cloud, site: { tls: "letsencrypt" } },
    ['site.tls: must be none without site.domain: a certificate is made out to a name, got "letsencrypt"'],
  ],
  [
    "a certificate authority in clear, an account without an address and a CA that is none",
    { site: { domain: "www.ocpizza.fr", acme: { directory: "http://ca.example/dir", email: "ops", ca: "secret" } } },
    [
      "site.acme.ca: must be certificates as PEM text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, got " +
        '"secret"; for example ca: "-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n"',
      'site.acme.directory: must be an https URL, got "http://ca.example/dir"; for example directory: ' +
        "https://acme-staging-v02.api.letsencrypt.org/directory",
      'site.acme.email: must be an e-mail address, got "ops"; for example email: ops@ocpizza.fr',
    ],
  ],
  [
    "aliases of no domain",
    { site: { aliases: ["ocpizza.fr"] } },
    ['site.aliases: must be left out without site.domain, which they lead to, got ["ocpizza.fr"]'],
  ],
  [
    "an alias that is the domain",
    { site: { domain: "ocpizza.fr", aliases: ["ocpizza.fr"] } },
    ['site.aliases.0: must not repeat site.domain, got "ocpizza.fr"'],
  ],
  [
    "a maintenance path that is the home page",
    { site: { maintenancePath: "/" } },
    ['site.maintenancePath: must not be the path of a page, or below a path that begins with a dot, got "/"'],
  ],
  [
    "a maintenance path that is a health page",
    { site: { maintenancePath: "/healthz" } },
    ['site.maintenancePath: must not be the health page of services.web too, got "/healthz"'],
  ],
  [
    "a schema without a way to name it",
    { release: { schema: { down: "python manage.py down" } } },
    [
      "release.schema.revision: must be set to a command as one line or as a list of words; for example revision: python manage.py " +
        "schemarevision",
    ],
  ],
  [
    "a receiver of alerts that is no address",
    { monitoring: { emails: ["ops at ocpizza.fr"] } },
    ['monitoring.emails.0: must be an e-mail address, got "ops at ocpizza.fr"'],
  ],
  [
    "a mail server that nobody gets mail from",
    { monitoring: { smtp: { host: "smtp.ocpizza.fr", from: "alerts@ocpizza.fr" } } },
    ["monitoring.smtp: must be left out without monitoring.emails, which it sends to"],
  ],
  [
    "a mail server given as a URL, and no sender",
    { monitoring: { emails: ["ops@ocpizza.fr"], smtp: { host: "smtp://smtp.ocpizza.fr" } } },
    [
      "monitoring.smtp.from: must be set to an e-mail address; for example from: alerts@ocpizza.fr",
      'monitoring.smtp.host: must be a domain name or an IPv4 address, got "smtp://smtp.ocpizza.fr"; for example host: smtp.example.org',
    ],
  ],
  [
    "a login without encryption, and without its password",
    { monitoring: { emails: ["ops@ocpizza.fr"], smtp: { host: "smtp.ocpizza.fr", from: "a@ocpizza.fr", user: "a", tls: "none" } } },
    [
      'monitoring.smtp.tls: must be starttls or tls with a user, whose password would cross the network in clear, got "none"',
      "smtpPassword: must be set; run npm run secret -- test set smtpPassword",
    ],
  ],
  [
    "a webhook in clear",
    { alertWebhook: "https://hooks.example/T0/B0" },
    ["alertWebhook: must be encrypted; run npm run secret -- test set alertWebhook, and change the secret if this file was saved anywhere"],
  ],
  [
    "an app's secret with the name of one of ours",
    { secrets: ["sentryToken"] },
    ['secrets.0: must not be the name of another key of this file, got "sentryToken"'],
  ],
  [
    "a Sentry in clear on the Internet, and no token",
    { ...cloud, monitoring: { sentry: { organization: "ocpizza", project: "site", url: "http://sentry.ocpizza.fr" } } },
    [
      "monitoring.sentry.url: must be an https URL on digitalocean, where the token would cross the Internet in clear, got " +
        '"http://sentry.ocpizza.fr"',
      "sentryToken: must be set; run npm run secret -- test set sentryToken",
    ],
  ],
  [
    "a Sentry without a project",
    { monitoring: { sentry: { organization: "OC Pizza" } } },
    [
      'monitoring.sentry.organization: must be lower-case letters, digits, dots and dashes, got "OC Pizza"; for example ' +
        "organization: ocpizza",
      "monitoring.sentry.project: must be set to lower-case letters, digits, dots and dashes; for example project: site",
      "sentryToken: must be set; run npm run secret -- test set sentryToken",
    ],
  ],
  [
    "NRPE for nobody",
    { monitoring: { nrpe: { allowedHosts: [] } } },
    ['monitoring.nrpe.allowedHosts: must name at least one network; for example allowedHosts: ["203.0.113.9/32"]'],
  ],
  [
    "NRPE for the world, and for an address",
    { monitoring: { nrpe: { allowedHosts: ["::/0"] } } },
    ['monitoring.nrpe.allowedHosts.0: must not open NRPE to the world, got "::/0"; name the servers that ask'],
  ],
  [
    "an environment name of ours",
    { env: { SENTRY_RELEASE: "1.0" } },
    ["env.SENTRY_RELEASE: must be left out, since every process gets it from the host"],
  ],
  [
    "a live page that nginx answers itself",
    { services: { web: { ...web, health: { live: "/maintenance.json" } } } },
    ['services.web.health.live: must not be site.maintenancePath, which nginx answers itself, got "/maintenance.json"'],
  ],
  // machines
  [
    "a prefix of 33 bits",
    { network: { range: "10.0.0.0/33" } },
    [
      'network.range: must be a private IPv4 network (RFC 1918) of /16 to /28, without host bits, got "10.0.0.0/33"; a prefix is a ' +
        "number from 0 to 32",
    ],
  ],
  [
    "a network with host bits",
    { network: { range: "10.20.0.5/24" } },
    ['network.range: must be a private IPv4 network (RFC 1918) of /16 to /28, without host bits, got "10.20.0.5/24"; write 10.20.0.0/24'],
  ],
  [
    "a public network",
    { network: { range: "203.0.113.0/24" } },
    [
      'network.range: must be a private IPv4 network (RFC 1918) of /16 to /28, without host bits, got "203.0.113.0/24"; for ' +
        "example range: 10.20.0.0/24",
    ],
  ],
  [
    "a network of four addresses",
    { network: { range: "10.0.0.0/30" } },
    [
      'network.range: must be a private IPv4 network (RFC 1918) of /16 to /28, without host bits, got "10.0.0.0/30"; for example ' +
        "range: 10.20.0.0/24",
    ],
  ],
  [
    "SSH open to the world",
    { access: { sshFrom: ["0.0.0.0/0"] } },
    ['access.sshFrom.0: must not open SSH to the world, got "0.0.0.0/0"; name the networks that people work from'],
  ],
  [
    "SSH open to the world by IPv6",
    { access: { sshFrom: ["::/0"] } },
    ['access.sshFrom.0: must not open SSH to the world, got "::/0"; name the networks that people work from'],
  ],
  [
    "SSH open to the world in two halves",
    { access: { sshFrom: ["0.0.0.0/1", "128.0.0.0/1"] } },
    [
      'access.sshFrom.0: must not open SSH to the world, got "0.0.0.0/1"; name the networks that people work from',
      'access.sshFrom.1: must not open SSH to the world, got "128.0.0.0/1"; name the networks that people work from',
    ],
  ],
  [
    "an address without its prefix",
    { access: { sshFrom: ["203.0.113.7"] } },
    ['access.sshFrom.0: must be a network in CIDR form, without host bits, got "203.0.113.7"; write 203.0.113.7/32'],
  ],
  [
    "no word on who may log in on the Internet",
    { target: "aws" },
    ['access.sshFrom: must name at least one network, since aws is on the Internet; for example sshFrom: ["203.0.113.7/32"]'],
  ],
  [
    "a private key among the public ones",
    { access: { sshKeys: ["-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE"] } },
    [
      "access.sshKeys.0: must be the line of a public SSH key (ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa); this is a private " +
        "key: take the file that ends in .pub, and make a new key if this one was saved anywhere",
    ],
  ],
  [
    "a size that does not tell its memory",
    { ...cloud, host: { size: "gpu-h100x1-80gb" } },
    [
      "host.cpus: must be set, since the name of size gpu-h100x1-80gb does not tell it",
      "host.memoryMiB: must be set, since the name of size gpu-h100x1-80gb does not tell it",
    ],
  ],
  [
    "a memory that the size does not have",
    { ...cloud, host: { size: "s-1vcpu-1gb", memoryMiB: 4096 } },
    ["host.memoryMiB: must be 1024, as in size s-1vcpu-1gb, got 4096; leave it out"],
  ],
  [
    "a package name with an option in it",
    { host: { packages: ["--allow-unauthenticated"] } },
    ['host.packages.0: must be a name of a Debian package, which does not end in a dash, got "--allow-unauthenticated"'],
  ],
  [
    "a package name that tells apt to remove it",
    { host: { packages: ["openssh-server-", "g++"] } },
    ['host.packages.0: must be a name of a Debian package, which does not end in a dash, got "openssh-server-"'],
  ],
  // database
  [
    "a version that the engine does not have",
    { database: { version: "9.6" } },
    ['database.version: must be "17" or "15" for postgres on local, got "9.6"'],
  ],
  [
    "a version that a cloud does not have",
    { ...cloud, database: { version: "13" } },
    ['database.version: must be "15" or "14" or "16" or "17" or "18" for postgres on digitalocean, got "13"'],
  ],
  [
    "a version that lost its fraction to YAML",
    { ...cloud, target: "aws", database: { engine: "mysql", version: 8.0 } },
    ['database.version: must be "8.4" or "8.0" for mysql on aws, got "8"'],
  ],
  [
    "a database that may grow to less than it has",
    { ...cloud, database: { storageGiB: 20, storageLimitGiB: 10 } },
    ["database.storageLimitGiB: must be at least storageGiB, 20, got 10"],
  ],
  [
    "a moment that the calendar does not have",
    { ...cloud, database: { restore: { from: "webstack-prod-database", at: "2026-02-30T03:00:00Z" } } },
    [
      'database.restore.at: must be a moment in UTC, as 2026-11-01T03:00:00Z, got "2026-02-30T03:00:00Z"; for example at: ' +
        "2026-11-01T03:00:00Z",
    ],
  ],
  [
    "a moment of a snapshot",
    { ...cloud, database: { restore: { from: "rds:webstack-prod-database-2026-11-01-03-00", at: "2026-11-01T03:00:00Z" } } },
    [
      'database.restore.from: must be the name of a database, of at most 63 characters without ":", where restore.at is set, got ' +
        '"rds:webstack-prod-database-2026-11-01-03-00"; leave restore.at out to begin with a snapshot',
    ],
  ],
  [
    "a source of a copy with a name that no target gives",
    { ...cloud, database: { restore: { from: "Before_The_Sale" } } },
    [
      'database.restore.from: must be lower-case letters, digits, dots, dashes and colons, at most 255, got "Before_The_Sale"; for ' +
        "example from: webstack-prod-database",
    ],
  ],
  [
    "an engine that is not offered",
    { database: { engine: "sqlite" } },
    ['database.engine: must be postgres or mysql, got "sqlite"; for example engine: postgres'],
  ],
  [
    "a database of the engine's own",
    { database: { name: "template1" } },
    ['database.name: must not be a name that the engine keeps for itself, got "template1"'],
  ],
  [
    "a database name with a quote",
    { database: { name: "a'b" } },
    [
      `database.name: must be lower-case letters, digits and underscores, beginning with a letter, at most 63, got "a'b"; for ` +
        "example name: ocpizza",
    ],
  ],
  [
    "a user named as PostgreSQL's own roles",
    { database: { user: "pg_shop" } },
    ['database.user: must not begin with pg_, as PostgreSQL\'s own roles do, got "pg_shop"'],
  ],
  [
    "a user name too long for mysql",
    { ...cloud, database: { engine: "mysql", user: "a".repeat(33) } },
    ['database.user: must have at most 32 characters in mysql, got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"'],
  ],
  [
    "a pool that the target does not have",
    { database: { pool: "transaction" } },
    ['database.pool: must be none for postgres on local, which has no pooler for it, got "transaction"'],
  ],
  [
    "a server that Debian's pg_dump refuses",
    { ...cloud, host: { image: "debian-12" }, database: { version: "17" } },
    [
      "database.version: must be 15 or older while backup.enabled, since Debian 12 has pg_dump 15, which refuses a newer server, " +
        'got "17"; or host.image: debian-13',
    ],
  ],
  [
    "a server that no Debian's pg_dump takes",
    { ...cloud, database: { version: "18" } },
    ['database.version: must be 17 or older while backup.enabled, since Debian 13 has pg_dump 17, which refuses a newer server, got "18"'],
  ],
  [
    "an image of one Debian that is said to hold another",
    { host: { image: "debian-13", debian: "debian-12" } },
    ['host.debian: must be debian-13, as host.image is, got "debian-12"; leave it out, or write host.image: debian-12'],
  ],
  [
    "an image of one's own that is not said to hold any",
    { ...cloud, host: { image: "148000001" } },
    ["host.debian: must say which release is in the image 148000001; debian: debian-12 or debian: debian-13"],
  ],
  [
    "a backup of no database",
    { database: { kind: "none" }, backup: { enabled: true } },
    ["backup.enabled: must be false where database.kind is none, got true; leave it out"],
  ],
  // capacity
  [
    "more threads than connections",
    { ...cloud, services: { web: { ...web, workers: 3, threads: 16 }, bot }, jobs: { clear: daily } },
    [
      "database.connections: must be at least 98, since a release runs both slots: web 3 workers x 16 threads x 2 slots + bot 1 + " +
        "jobs 1, got 22; take a larger database, or fewer workers or threads, or database.pool: transaction",
    ],
  ],
  [
    "more memory than the host has",
    { services: { web: { ...web, memoryMiB: 512 } }, jobs: { clear: daily }, host: { memoryMiB: 1024 } },
    [
      "host.memoryMiB: must be at least 1472 for all units at once: system 192 + web 2 slots x 512 + clear 256, got 1024; take a " +
        "larger host, or lower their memoryMiB",
    ],
  ],
];

test.each(bad)("refuses %s", (_what, overrides, lines) => {
  const { secrets } = overrides;
  const count = lines.length === 1 ? "1 problem" : `${lines.length} problems`;
  const message = [`Pulumi.test.yaml: ${count}`, ...lines.map((line) => `  ${line}`)].join("\n");
  expect(() => parseSpec(raw(overrides), context(...(Array.isArray(secrets) ? secrets.map(String) : [])))).toThrow(new Error(message));
});
