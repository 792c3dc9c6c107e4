import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { parseSpec } from "../../infra/config/parse";
import { ConfigError } from "../../infra/config/problems";
import { ownStackFile } from "./own";
import { rules, waits } from "../../policy/rules";

const readme = readFileSync(join(resolve(__dirname, "../.."), "README.md"), "utf8");

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
