/**
 * What the real engine writes of a stack whose file it does not find by itself, as the verbs have it write. Limit: no program runs; the
 * machines show that.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pulumi } from "../../cli/pulumi";

jest.mock("../../tools/setup/folders", () => ({
  ...jest.requireActual<object>("../../tools/setup/folders"),
  get project() {
    return process.env["TEST_PROJECT"];
  },
}));

let folder = "";
const before = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "webstack-engine-writes-"));
  for (const name of ["state", "home", "project/examples/shop"]) mkdirSync(join(folder, name), { recursive: true });
  write("Pulumi.yaml", "name: webstack\nruntime: nodejs\n");
  Object.assign(process.env, {
    TEST_PROJECT: join(folder, "project"),
    PULUMI_BACKEND_URL: `file://${folder}/state`,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "of a test",
  });
  delete process.env["STACK"];
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const name of Object.keys(process.env)) if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, before);
});

const write = (path: string, text: string) => writeFileSync(join(folder, "project", path), text);
const read = (path: string) => readFileSync(join(folder, "project", path), "utf8");
const stackFiles = () =>
  readdirSync(join(folder, "project"), { recursive: true })
    .map(String)
    .filter((path) => /Pulumi\..+\.yaml$/.test(path))
    .sort();

test("a stack in a cloud that is described beside its example keeps salt and secrets there, and is renamed and removed there", async () => {
  const file = "examples/shop/Pulumi.shop.yaml";
  const text = "# Ours.\n\nconfig:\n  # Where it runs.\n  webstack:target: aws\n";
  write(file, text);
  const pulumi = new Pulumi("shop");
  expect(await pulumi.ensure()).toBe(true);
  await pulumi.capture(["config", "set", "--secret", "TOKEN"], "hunter2");
  expect(read(file)).toMatch(
    /^# Ours\.\n\nconfig:\n {2}# Where it runs\.\n {2}webstack:target: aws\n {2}webstack:TOKEN:\n {4}secure: v1:\S+\nencryptionsalt: v1:\S+\n$/,
  );
  expect([await pulumi.capture(["config", "get", "TOKEN"]), stackFiles()]).toEqual(["hunter2", [file]]);
  expect(await pulumi.runAny(["stack", "rename", "shop-two"])).toBe(0);
  expect(stackFiles()).toEqual(["examples/shop/Pulumi.shop-two.yaml"]);
  const renamed = new Pulumi("shop-two");
  expect(await renamed.capture(["config", "get", "TOKEN"])).toBe("hunter2");
  expect(await renamed.runAny(["stack", "rm", "--yes"])).toBe(0);
  expect([stackFiles(), existsSync(join(folder, "project/examples/shop"))]).toEqual([[], true]);
}, 120_000);

describe.each(["Pulumi.shop.yaml", "examples/shop/Pulumi.shop.yaml"])("of a stack of this box that %s describes", (file) => {
  const text = "# Ours.\n\nconfig:\n  # Where it runs.\n  webstack:target: local\n";
  const apart = ".webstack/Pulumi.shop.yaml";

  test("salt and secrets are in a folder that git ignores, settings in its own file", async () => {
    write(file, text);
    const pulumi = new Pulumi("shop");
    expect(await pulumi.ensure()).toBe(true);
    await pulumi.capture(["config", "set", "--secret", "TOKEN"], "hunter2");
    expect([read(file), stackFiles()]).toEqual([text, [apart, file].sort()]);
    expect(read(apart)).toMatch(
      /^# Made by .*\n# Ours\.\n\nconfig:\n {2}# Where it runs\.\n {2}webstack:target: local\n {2}webstack:TOKEN:\n {4}secure: v1:\S+\nencryptionsalt: v1:\S+\n$/,
    );
    await pulumi.capture(["config", "set", "--path", "webstack:host.cpus", "3"]);
    expect(read(file)).toBe(`${text}  webstack:host:\n    cpus: 3\n`);
    expect(await pulumi.capture(["config", "get", "TOKEN"])).toBe("hunter2");
  }, 120_000);

  test("what stood in its own file before is opened by the same passphrase afterwards, and is renamed and removed with it", async () => {
    write(file, text.replace("local", "aws"));
    const cloud = new Pulumi("shop");
    await cloud.ensure();
    await cloud.capture(["config", "set", "--secret", "TOKEN"], "hunter2");
    const [secure] = /secure: .*/.exec(read(file)) ?? [""];
    write(file, read(file).replace("aws", "local"));
    const pulumi = new Pulumi("shop");
    expect(await pulumi.capture(["config", "get", "TOKEN"])).toBe("hunter2");
    expect([read(file), read(apart).includes(secure)]).toEqual([text, true]);
    expect(await pulumi.runAny(["stack", "rename", "shop-two"])).toBe(0);
    const renamed = [apart, file].map((path) => path.replace("shop.yaml", "shop-two.yaml"));
    expect(stackFiles()).toEqual([...renamed].sort());
    const two = new Pulumi("shop-two");
    expect(await two.capture(["config", "get", "TOKEN"])).toBe("hunter2");
    expect(await two.runAny(["stack", "rm", "--yes"])).toBe(0);
    expect(stackFiles()).toEqual(renamed.slice(1));
  }, 120_000);
});
