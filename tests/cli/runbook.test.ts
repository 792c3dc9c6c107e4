import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseDescription, readDescription } from "../../cli/description";
import { logCommand } from "../../cli/logCommand";
import { commandsOf, hostCommand, hostctlWords } from "./commands";
import { runbook } from "../../cli/runbook/text";
import { splitWords } from "../../infra/config/schema/command";
import { renderHosts } from "../../infra/host";
import { planStack } from "../../infra/plan";
import { hostsOf } from "../../infra/plan/hosts";
import { spec } from "../config/baseline";

const root = resolve(__dirname, "../..");
const everything = spec({
  host: { memoryMiB: 8192, cpus: 2 },
  services: {
    api: { kind: "asgi", module: "api.main:app", workers: 2, path: "/api/", timeoutSeconds: 15 },
    site: { kind: "wsgi", module: "site.wsgi:application", workers: 2, threads: 4, after: ["api"] },
    worker: { kind: "command", command: "python -m worker" },
  },
  jobs: { collect: { run: "python collect.py", schedule: "hourly" } },
  backup: { enabled: true, paths: ["media"], drill: { checks: [{ sql: "select 1", expect: "1" }] } },
  release: { schema: { revision: "python manage.py schemarevision", down: "python manage.py schemarevision --to {revision}" } },
});
const plans = new Map([
  ...["local", "prod", "bitcoin"].map((stack) => [stack, planStack(readDescription(root, stack))] as const),
  ["every kind of thing", planStack(everything)] as const,
  ["somebody else's database", planStack(spec({ database: { kind: "external", connections: 50 } }, "DATABASE_URL"))] as const,
  ["no database", planStack(spec({ database: { kind: "none" } }))] as const,
]);

/** The words of a command line, which has no shell's operators. */
function words(line: string): readonly string[] {
  const split = splitWords(line);
  if ("refused" in split) throw new Error(`${line}: ${JSON.stringify(split)}`);
  return split;
}

/** Asks hostctl's own parser; it ends with 2 and its usage on the first that it does not know. */
function parse(commands: readonly (readonly string[])[]): void {
  const program =
    "import json, sys\nfrom hostctl.verbs.cli import parser\nfor words in json.load(sys.stdin):\n    parser().parse_args(words)\n";
  execFileSync("python3", ["-c", program], { cwd: root, input: JSON.stringify(commands), stdio: ["pipe", "pipe", "pipe"] });
}

describe.each([...plans])("the runbook of %s", (_, plan) => {
  const text = runbook(plan, "Pulumi.shop.yaml");

  test("names no hostctl verb or option that hostctl does not know", () => {
    const said = hostctlWords(text).map(words);
    expect(said.length).toBeGreaterThan(20);
    expect(() => parse(said)).not.toThrow();
  });

  test("names no npm verb that package.json does not have, and no log that the host does not keep", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
    const verbs = [...text.matchAll(/npm run (\S+)/g)].map(([, verb = ""]) => verb.replace(/[`.,:]+$/, ""));
    expect(verbs.filter((verb) => !Object.hasOwn(scripts, verb))).toEqual([]);
    const logs = commandsOf(text).flatMap((line) => /npm run logs -- \S+ (.+)$/.exec(line)?.[1] ?? []);
    const names = [...plan.spec.services, ...plan.spec.jobs].map(({ name }) => name);
    for (const log of logs) expect(logCommand(log.split(" "))).toBe(`sudo hostctl logs ${log}`);
    expect(
      logs
        .map((log) => log.split(" ")[0])
        .filter((name = "") => ![...names, "nginx", "deploy", "webstack-backup", "webstack-drill"].includes(name)),
    ).toEqual([]);
    expect(logs.length).toBeGreaterThanOrEqual(names.length + 2);
  });

  test("names no unit that the stack's hosts do not get", () => {
    const rendered = [...renderHosts(plan, "00112233aabbccdd").values()].flatMap(({ files }) => files.map(({ path }) => basename(path)));
    const units = text.slice(0, text.indexOf("## Incidents")).match(/[\w-]+(@\w+)?\.(service|timer|socket)\b/g) ?? [];
    const files = units.map((unit) => unit.replace(/@\w+\./, "@."));
    expect(files.filter((file) => !rendered.includes(file))).toEqual([]);
    for (const { name } of plan.spec.jobs) expect(units).toEqual(expect.arrayContaining([`${name}.service`, `${name}.timer`]));
  });

  test("names every host that serves, and no other stack", () => {
    const to = commandsOf(text).flatMap((line) => hostCommand(line)?.host ?? []);
    expect([...new Set(to)]).toEqual(hostsOf(plan, "web").map(({ name }) => name));
    const stacks = [...text.matchAll(/npm run \w+ -- ([\w-]+)|--stack ([\w-]+)/g)].map(([, a, b]) => a ?? b);
    expect([...new Set(stacks)]).toEqual([plan.spec.stack]);
  });
});

test("the parser's verdict can fail", () => {
  expect(() => parse([["explode"]])).toThrow();
  expect(() => parse([["maintenance", "on", "--messsage", "x"]])).toThrow();
  expect(() => parse([["rollback", "DIGEST"]])).toThrow();
});

test("a command line for each host of the stack", () => {
  const { hosts, ...plan } = planStack(spec());
  const two = {
    ...plan,
    hosts: [...hosts, { name: "web-1", role: "web" as const, zone: 1 as const, address: "10.20.0.11", debian: "debian-12" as const }],
  };
  const stops = commandsOf(runbook(two, "Pulumi.shop.yaml")).filter((line) => line.endsWith("sudo hostctl stop"));
  expect(stops).toEqual(["npm run ssh -- test web-0 sudo hostctl stop", "npm run ssh -- test web-1 sudo hostctl stop"]);
});

test("the connections of the table are those that the description's rule counts", () => {
  expect(runbook(planStack(everything), "Pulumi.shop.yaml")).toContain(
    [
      "| `api`: 2 workers x 1 threads x 2 slots | 4 |",
      "| `site`: 2 workers x 4 threads x 2 slots | 16 |",
      "| `worker` | 1 |",
      "| jobs, one for each | 1 |",
      "| **all** | **22 of 100** |",
    ].join("\n"),
  );
});

test("a pause is as long as the most impatient service allows", () => {
  expect(runbook(planStack(everything), "Pulumi.shop.yaml")).toContain("hostctl pause --max 10\n");
});

test("a stack without backups says so and how to have them", () => {
  const text = runbook(planStack(spec({ backup: { enabled: false } })), "Pulumi.shop.yaml");
  expect(text).toContain("**This stack keeps no backups.**");
  expect(text).not.toContain("hostctl restore");
});

test("the form of an incident is there, and no matter of another stack", () => {
  const text = runbook(planStack(spec()), "Pulumi.shop.yaml");
  for (const part of ["Context", "Symptom", "Diagnosis", "Resolution", "Lesson"])
    expect(text.match(new RegExp(`^#+ ${part}$`, "gm"))).toHaveLength(1);
  expect(text).not.toMatch(/bitcoin|watchdog\.sh/i);
});

test("a description is read without an engine, whether its secrets are set or not", () => {
  const text = (secret: string) =>
    `config:\n  webstack:target: local\n  webstack:app: {name: shop, source: shop}\n  webstack:services: {web: {kind: wsgi, ` +
    `module: "shop.wsgi:application"}}\n  webstack:secrets: [KEY]\n${secret}`;
  expect(parseDescription(text(""), "shop").secrets).toEqual(["KEY"]);
  expect(parseDescription(text("  webstack:KEY:\n    secure: v1:abc\n"), "shop").secrets).toEqual(["KEY"]);
  expect(() => parseDescription(text("  webstack:KEY: in clear\n"), "shop")).toThrow("KEY: must be encrypted");
  expect(() => readDescription(root, "none")).toThrow("there is no Pulumi.none.yaml; make one: npm run new -- --name none");
});
