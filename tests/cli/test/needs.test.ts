import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { needs } from "../../../cli/test/needs";
import type { Step } from "../../../tools/setup/step";

const root = join(__dirname, "../../..");
const isStep = (value: unknown): value is Step => typeof value === "object" && value !== null && "missing" in value && "make" in value;

test("tests have every tool that set-up knows, but the other versions of Node", async () => {
  const tools = readdirSync(join(root, "tools")).filter((name) => name.endsWith(".ts"));
  const exported = await Promise.all(tools.map((name) => import(join(root, "tools", name)) as Promise<Record<string, unknown>>));
  const steps = exported.flatMap((module) => Object.values(module).filter(isStep));
  expect(steps.length).toBeGreaterThan(9);
  const names = needs(true).map(({ name }) => name);
  expect(steps.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual(["Node"]);
  expect(needs(false).map(({ name }) => name)).not.toEqual(expect.arrayContaining([expect.stringContaining("images")]));
});

test.each(["test", "soak", "faults"])("npm run %s sets up what is on this list, and has none of its own", (verb) => {
  const text = readFileSync(join(root, `cli/${verb}.ts`), "utf8");
  expect(text.match(/await setUp\(.*/g)).toEqual([expect.stringMatching(/^await setUp\(needs\(.+\)\);$/)]);
});
