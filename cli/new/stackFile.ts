import { debians } from "../../infra/config/catalog/debian";
import { type Design, lockName } from "./design";
import { overlayModule } from "./overlay";

/** A scalar of YAML; what could be read as something else is quoted. */
const scalar = (text: string): string =>
  /^[A-Za-z/][\w./:@-]*$/.test(text) && !/^(true|false|yes|no|on|off|null)$/i.test(text) && !text.endsWith(":")
    ? text
    : JSON.stringify(text);
const list = (texts: readonly string[]): string => `[${texts.map(scalar).join(", ")}]`;

/** Text of Pulumi.NAME.yaml. @param source the app's folder, relative to the project */
export function stackFile(design: Design, source: string): string {
  const blocks = [
    target(design),
    app(design, source),
    services(design),
    statics(design),
    release(design),
    env(design),
    secrets(design),
    site(design),
    machines(design),
    data(design),
    monitoring(design),
    access(design),
  ];
  return `${head(design)}${blocks.filter((block) => block !== "").join("\n")}`;
}

const head = ({ name, application: { framework } }: Design): string =>
  [
    "# yaml-language-server: $schema=docs/webstack.schema.json",
    `# ${name}, an app of ${framework}. Made by \`npm run new\`; yours to change. docs/reference.md explains every key, and a ` +
      "mistake is refused",
    "# before anything is made.",
    "config:",
    "",
  ].join("\n");

const target = ({ target: where }: Design): string => `  webstack:target: ${where}\n`;

function app({ name, exclude, compiled, buildPackages }: Design, source: string): string {
  return [
    "  webstack:app:",
    "    # Names the system user and the database.",
    `    name: ${name}`,
    `    source: ${scalar(source)}`,
    "    # Every package with its version and hash: what a host installs.",
    `    requirements: ${lockName}`,
    ...(compiled.length === 0
      ? []
      : [`    # By these each host compiles ${compiled.join(", ")}.`, `    buildPackages: ${list(buildPackages)}`]),
    ...(exclude.length === 0 ? [] : ["    # Virtual environments and links are no part of a release.", `    exclude: ${list(exclude)}`]),
    "",
  ].join("\n");
}

function services({ application: { kind, module, file }, health }: Design): string {
  return [
    "  webstack:services:",
    "    web:",
    `      kind: ${kind}`,
    `      # In ${file}.`,
    `      module: ${module}`,
    ...(health === "/healthz"
      ? []
      : [
          "      health:",
          "        # Must answer 200, without a redirect or a login: every release must pass it. A page that asks the database is best.",
          `        path: ${health}`,
        ]),
    "",
  ].join("\n");
}

function statics({ django, staticRoot }: Design): string {
  if (django === undefined || staticRoot === "") return "";
  return (
    `  # Filled by collectstatic below; nginx serves it without asking the app.\n  webstack:static:\n    ` +
    `${scalar(django.staticUrl)}: ${scalar(staticRoot)}\n`
  );
}

function release({ django, database, staticRoot }: Design): string {
  const steps =
    django === undefined
      ? []
      : [
          ...(database ? [["migrate", "python manage.py migrate --noinput"]] : []),
          ...(staticRoot === "" ? [] : [["static", "python manage.py collectstatic --noinput"]]),
        ];
  if (steps.length === 0) return "";
  const lines = steps.flatMap(([name, run]) => [`      - name: ${name ?? ""}`, `        run: ${run ?? ""}`]);
  return [
    "  # Run in the new release, before any process of it starts. A step that fails leaves the old release serving.",
    "  webstack:release:",
    "    steps:",
    ...lines,
    "",
  ].join("\n");
}

function env({ django, overlaid, env: values, pythonPath }: Design): string {
  const lines = [
    ...(django === undefined
      ? []
      : [
          ...(overlaid ? [`    # ${django.settings}, with what a host gives laid over it.`] : []),
          `    DJANGO_SETTINGS_MODULE: ${overlaid ? overlayModule : django.settings}`,
        ]),
    ...(pythonPath === "" ? [] : [`    PYTHONPATH: ${pythonPath}`]),
    ...Object.entries(values).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`),
  ];
  return lines.length === 0 ? "" : `  webstack:env:\n${lines.join("\n")}\n`;
}

const secrets = ({ secrets: names, name, target: where }: Design): string =>
  names.length === 0
    ? ""
    : [
        `  # Values: npm run secret -- ${name} set ` +
          `NAME${where === "local" ? "; `npm run up` gives random ones to those that are missing" : ""}`,
        "  webstack:secrets:",
        ...names.map((one) => `    - ${one}`),
        "",
      ].join("\n");

function site({ domain }: Design): string {
  return domain === "" ? "" : `  webstack:site:\n    domain: ${domain}\n`;
}

function machines({ target: where, range, image }: Design): string {
  const [size, other] =
    where === "local" ? ["    cpus: 2\n    memoryMiB: 2048\n", "  # Another stack on the same box needs another range.\n"] : ["", ""];
  return `  webstack:host:\n    image: ${image}\n${size}\n${other}  webstack:network:\n    range: ${range}\n`;
}

function data({ database, target: where, django, image }: Design): string {
  if (!database) return "  # With `kind: managed` the app gets DATABASE_URL.\n  webstack:database:\n    kind: none\n";
  const paths = django?.uploads === true ? "    # What visitors upload; webstack_settings.py puts it there.\n    paths: [media]\n" : "";
  const backup =
    where !== "local"
      ? paths === ""
        ? ""
        : `\n  webstack:backup:\n${paths}`
      : paths === ""
        ? "\n  # The database goes away with the rehearsal. `enabled: true` adds a machine, backup-0, that keeps its backups.\n  " +
          "webstack:backup:\n    enabled: false\n"
        : `\n  # On the machine backup-0.\n  webstack:backup:\n${paths}`;
  return (
    `  # The app gets its address as DATABASE_URL.\n  webstack:database:\n    engine: postgres\n    version: ` +
    `"${debians[image].postgres}"\n${backup}`
  );
}

const monitoring = ({ emails, target: where }: Design): string =>
  emails.length === 0
    ? ""
    : [
        "  # Hear of alarms and of the host's alerts. " +
          `${where === "aws" ? "Each confirms by a link in a first e-mail." : "DigitalOcean takes verified addresses of the team."}`,
        "  webstack:monitoring:",
        `    emails: ${list(emails)}`,
        "",
      ].join("\n");

const access = ({ sshFrom }: Design): string =>
  sshFrom.length === 0 ? "" : `  # Networks that people work from.\n  webstack:access:\n    sshFrom: ${list(sshFrom)}\n`;
