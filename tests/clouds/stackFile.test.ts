/**
 * What the real engine reads in the stack files that every reader of ours is held to. Limit: of each file alone, without Pulumi.yaml's
 * defaults.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cases, type Printed } from "../config/stackFileCases";
import { pulumiProgram, run } from "../machines/stack";

const folder = mkdtempSync(join(tmpdir(), "webstack-engine-reads-"));
const env = {
  ...process.env,
  PULUMI_BACKEND_URL: `file://${folder}/state`,
  PULUMI_HOME: join(folder, "home"),
  PULUMI_CONFIG_PASSPHRASE: "of a test",
  PULUMI_SKIP_UPDATE_CHECK: "1",
};
const pulumi = (...words: readonly string[]) => run(pulumiProgram(), [...words, "--non-interactive"], { cwd: folder, env });

beforeAll(async () => {
  mkdirSync(join(folder, "state"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: webstack\nruntime: nodejs\n");
  expect(await pulumi("stack", "init", "shop")).toMatchObject({ code: 0 });
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.entries(cases))("%s", async (says, { text, engine }) => {
  const file = join(folder, `${says.replace(/\W/g, "-")}.yaml`);
  writeFileSync(file, text);
  const { code, stdout } = await pulumi("config", "--json", "--stack", "shop", "--config-file", file);
  if (engine === "refuses") {
    expect(code).not.toBe(0);
    return;
  }
  const read = JSON.parse(stdout) as Readonly<Record<string, { readonly value?: string; readonly secret: boolean }>>;
  const values = Object.fromEntries(
    Object.entries(read).map(([key, { value, secret }]): [string, Printed] => [key, secret ? null : (value ?? "")]),
  );
  // The engine goes through a map, whose order Go makes another one each time.
  if (Array.isArray(engine)) expect(engine).toContainEqual(values);
  else expect(values).toEqual(engine);
});
