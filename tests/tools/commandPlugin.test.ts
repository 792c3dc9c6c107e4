import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { version } from "../../tools/command-plugin/version";
import { commandPlugin } from "../../tools/setup/commandPlugin";
import { reachable } from "../../tools/setup/reachable";
import { Engine } from "./engine";

jest.mock("../../tools/setup/reachable", () => ({ reachable: jest.fn() }));

const plugin = resolve(__dirname, "../../tools/command-plugin/pulumi-resource-command");
const names = ["PATH", "PULUMI_HOME", "XDG_CACHE_HOME"];
const before = names.map((name) => [name, process.env[name]] as const);
let folder: string;
let official: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "command-plugin-"));
  official = join(folder, `pulumi/plugins/resource-command-v${version}/pulumi-resource-command`);
  mkdirSync(join(folder, "pulumi"));
  Object.assign(process.env, { PULUMI_HOME: join(folder, "pulumi"), XDG_CACHE_HOME: join(folder, "cache") });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  Object.assign(process.env, Object.fromEntries(before.filter(([, value]) => value !== undefined)));
  for (const [name, value] of before) if (value === undefined) Reflect.deleteProperty(process.env, name);
});

function program(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** What the step says when it is made. */
async function made(): Promise<readonly string[]> {
  const said: string[] = [];
  await commandPlugin.make((line) => said.push(line));
  return said;
}

test("where the official one cannot be had nothing of ours is put among the user's plugins, and it is asked for again a day later", async () => {
  jest.mocked(reachable).mockResolvedValue(false);
  expect(commandPlugin.missing()).toBe("the official one is not here");
  expect(await made()).toEqual(["https://get.pulumi.com cannot be reached; using the stand-in of tools/command-plugin"]);
  expect([readdirSync(join(folder, "pulumi")), commandPlugin.missing()]).toEqual([[], null]);
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  utimesSync(join(folder, "cache/webstack/command-plugin/asked"), yesterday, yesterday);
  expect(commandPlugin.missing()).toBe("the official one is not here");
});

test("one that an earlier version put there goes, with what the engine noted of it, and nothing else does", async () => {
  jest.mocked(reachable).mockResolvedValue(false);
  program(official, `#!/usr/bin/env node\n// webstack stand-in for the Pulumi command plugin, digest 0123\n`);
  writeFileSync(`${dirname(official)}.lastused`, "");
  program(join(folder, "pulumi/plugins/resource-aws-v7.48.0/pulumi-resource-aws"), "");
  expect(commandPlugin.missing()).toBe("a stand-in of ours lies among your own plugins");
  await made();
  expect([readdirSync(join(folder, "pulumi/plugins")), commandPlugin.missing()]).toEqual([["resource-aws-v7.48.0"], null]);
});

test("the official one is installed where it can be had, and then left alone; where that fails the reason is said", async () => {
  jest.mocked(reachable).mockResolvedValue(true);
  program(join(folder, "bin/pulumi"), "#!/bin/sh\necho 'error: no space left' >&2\nexit 1\n");
  process.env["PATH"] = `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`;
  expect(await made()).toEqual(["it cannot be installed: error: no space left; using the stand-in of tools/command-plugin"]);
  program(join(folder, "bin/pulumi"), `#!/bin/sh\nmkdir -p "${dirname(official)}"\necho "$@" > "${official}"\npwd >> "${official}"\n`);
  expect(await made()).toEqual(["from https://get.pulumi.com"]);
  expect([readFileSync(official, "utf8"), commandPlugin.missing()]).toEqual([
    `plugin install resource command ${version}\n${tmpdir()}\n`,
    null,
  ]);
});

test("an official one of that version is what the engine gets, else the stand-in", async () => {
  const [, named] = /resource-command-v([\d.]+)\//.exec(readFileSync(plugin, "utf8")) ?? [];
  const { version: ofPackage } = JSON.parse(
    readFileSync(resolve(__dirname, "../../node_modules/@pulumi/command/package.json"), "utf8"),
  ) as { version: string };
  expect([named, ofPackage]).toEqual([version, version]);
  const engine = await Engine.start(plugin);
  try {
    expect(await engine.create("command:local:Command", { create: "echo $0" })).toMatchObject({ stdout: "/bin/sh" });
  } finally {
    await engine.stop();
  }
  program(official, '#!/bin/sh\necho "official $*"\n');
  expect(commandPlugin.missing()).toBeNull();
  // The engine marks one whose download was interrupted: half a program.
  writeFileSync(`${dirname(official)}.partial`, "");
  program(join(folder, "bin/node"), '#!/bin/sh\necho "stand-in $2"\n');
  const stands = { ...process.env, PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` };
  expect([execFileSync(plugin, ["127.0.0.1:1"], { encoding: "utf8", env: stands, timeout: 10_000 }), commandPlugin.missing()]).toEqual([
    "stand-in 127.0.0.1:1\n",
    "the official one is not here",
  ]);
  rmSync(`${dirname(official)}.partial`);
  expect(execFileSync(plugin, ["127.0.0.1:1"], { encoding: "utf8", env: process.env, timeout: 10_000 })).toBe("official 127.0.0.1:1\n");
});
