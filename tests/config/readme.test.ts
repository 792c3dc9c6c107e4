import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { typedNext } from "../../cli/new/next";
import { parseSpec } from "../../infra/config/parse";
import { ConfigError } from "../../infra/config/problems";
import { ownStackFile } from "./own";
import { rules, waits } from "../../policy/rules";

const page = (path: string) => readFileSync(join(resolve(__dirname, "../.."), path), "utf8");
const readme = page("README.md");

/** The stack file that the README tells people to write. */
function example(): Record<string, Record<string, unknown>> {
  const block = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const { config } = parse(block) as { config: Record<string, Record<string, unknown>> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("webstack:", ""), value]));
}

const context = { project: "webstack", stack: "mine", secretNames: new Set(["sshPrivateKey", "DJANGO_SECRET_KEY"]) };

test("the README's stack file is what new writes", () => {
  expect(/```yaml\n([\s\S]*?)```/.exec(readme)?.[1]).toBe(ownStackFile());
});

test("the README's stack file is accepted", () => {
  expect(parseSpec(example(), context).services).toHaveLength(1);
});

test("the README shows the very words of a refusal", () => {
  const wrong = { ...example(), services: { web: { kind: "wsgi", module: "mine.wsgi:application", modul: "x", workers: "three" } } };
  const refusal = (() => {
    try {
      return parseSpec(wrong, context);
    } catch (error) {
      return error instanceof ConfigError ? error.message : error;
    }
  })();
  const shown = /```\n(Pulumi\.mine\.yaml: [\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(refusal).toBe(shown.trimEnd());
});

test("the README counts the rules that a stack is held to", () => {
  expect(/\[(\d+) rules\]/.exec(readme)?.[1]).toBe(String(rules.filter((rule) => !waits(rule)).length));
});

/** Verbs of a section in the order in which they are read, each once. */
function verbsOf(path: string, heading: string): readonly string[] {
  const [, section = ""] = page(path).split(`\n## ${heading}\n`);
  const typed = section.split("\n## ")[0]?.matchAll(/npm run ([a-z]+) -- (?:mine-)?(?:prod|aws)\b/g) ?? [];
  return [...new Set([...typed].map(([, verb = ""]) => verb))];
}

// The state is in the cloud before the first `up` has one that a lost box would take away; its bucket is made by the access that is
// exported then.
const way = ["key", "secret", "backend", "preview", "up"];

test.each([
  ["README.md", "To DigitalOcean"],
  ["README.md", "To AWS"],
  ["docs/digitalocean.md", "From a token to the running site"],
  ["docs/aws.md", "From credentials to a running site"],
])("%s, %s: the verbs stand in the order in which they are typed", (path, heading) => {
  expect(verbsOf(path, heading).filter((verb) => way.includes(verb))).toEqual(way);
});

test.each(["digitalocean", "aws"] as const)("what `new` says to type next for %s is in that order, too", (target) => {
  const lines = typedNext("mine", target, ["sshPrivateKey", "backupPassword", "DJANGO_SECRET_KEY"]);
  const verbs = lines.map((line) => /^npm run ([a-z]+) -- mine\b/.exec(line)?.[1] ?? "access");
  expect(verbs).toEqual([
    "key",
    "secret",
    "secret",
    ...(target === "aws" ? ["access", "access"] : ["access"]),
    "backend",
    "access",
    "preview",
    "up",
    "runbook",
  ]);
});

test("on this box nothing is typed before `up`", () => {
  expect(typedNext("mine", "local", ["sshPrivateKey"])).toEqual(["npm run up -- mine", "npm run runbook -- mine"]);
});
