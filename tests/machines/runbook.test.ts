/**
 * The commands of a runbook, as they stand there, typed against the stack that they are for. Limit: those that change the outside
 * (git, pulumi, up) and those that need a thing of one's own (a folder, an ID) are not typed; tests/cli/runbook.test.ts reads them.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readStack } from "../../cli/stackFiles";
import { commandsOf, hostCommand } from "../cli/commands";
import { ask } from "./http";
import { repositoryPassword, SharedStack } from "./shared";

const stack = new SharedStack("vault");
let lines: readonly string[] = [];

beforeAll(async () => {
  await stack.bringUp({ backup: { enabled: true } }, { backupPassword: repositoryPassword });
  const made = await stack.npm("runbook", stack.name);
  expect([made.code, made.stderr]).toEqual([0, ""]);
  lines = commandsOf(readFileSync(join(stack.folder, `docs/runbooks/${stack.name}.md`), "utf8"));
}, 600_000);

afterAll(async () => {
  await stack.down();
}, 120_000);

/** Exit code and output of one line of the runbook, in its own words; npm is only told to be silent. */
async function type(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  expect(lines).toContain(line);
  const command = hostCommand(line);
  if (command !== undefined) return stack.npm("ssh", command.host, command.command);
  const [, verb = "", words = ""] = /npm run (\S+) -- (.*)$/.exec(line) ?? [];
  return stack.npm(verb, ...words.split(" "));
}

const onHost = (command: string) => `npm run ssh -- ${stack.name} web-0 ${command}`;

test("everything that only looks ends with 0 and says something", async () => {
  const looking = lines.filter((line) =>
    /npm run (status|logs)|hostctl (status|verify|releases)|list-units|list-timers|df -h|journalctl|systemctl show|ss -Htnp/.test(line),
  );
  expect(looking.length).toBeGreaterThan(14);
  for (const line of looking) {
    const { code, stderr } = await type(line);
    expect([line, code, stderr]).toEqual([line, 0, ""]);
  }
}, 300_000);

test("a backup by hand, the list, a rehearsal, a restore and its undo", async () => {
  for (const words of ["backup", "backups --check", "drill", "restore latest --yes", "restore --undo", "restore --drop-old"]) {
    const { code, stdout, stderr } = await type(onHost(`sudo hostctl ${words}`));
    expect([words, code, stderr]).toEqual([words, 0, ""]);
    expect(stdout).not.toBe("");
  }
}, 300_000);

test("maintenance shows apps that there is some, and is over again", async () => {
  const { siteUrl } = await stack.outputs();
  const state = async () => JSON.parse((await ask(`${siteUrl}maintenance.json`)).body) as object;
  expect((await type(onHost(`"sudo hostctl maintenance on --message 'We are back soon' --minutes 30"`))).code).toBe(0);
  expect(await state()).toMatchObject({ maintenance: true, message: "We are back soon" });
  expect((await type(onHost("sudo hostctl maintenance off"))).code).toBe(0);
  expect(await state()).toEqual({ maintenance: false });
}, 120_000);

test("reload, restart, pause and resume leave the site serving", async () => {
  const { siteUrl } = await stack.outputs();
  for (const words of ["reload", "restart", "pause --max 20", "resume"])
    expect([words, (await type(onHost(`sudo hostctl ${words}`))).code]).toEqual([words, 0]);
  expect((await ask(siteUrl)).status).toBe(200);
}, 120_000);

test("stop ends it, start brings it back, and so does reactivate", async () => {
  const { siteUrl } = await stack.outputs();
  expect((await type(onHost("sudo hostctl stop"))).code).toBe(0);
  await expect(ask(siteUrl)).rejects.toThrow("ECONNREFUSED");
  expect((await type(onHost("sudo hostctl start"))).code).toBe(0);
  expect((await ask(siteUrl)).status).toBe(200);
  expect((await type(onHost('"sudo hostctl stop && sudo hostctl start"'))).code).toBe(0);
  expect((await ask(siteUrl)).status).toBe(200);
}, 120_000);

test("a secret is made, listed and taken back, and a name that is wrong is told before it is written", async () => {
  const file = () => readStack(stack.name, stack.folder);
  const before = file();
  const wrong = await stack.shell(`echo value | npm run --silent secret -- ${stack.name} set backupPasword`);
  expect([wrong.code, wrong.stdout, wrong.stderr, file()]).toEqual([
    1,
    "",
    expect.stringMatching(/^webstack: backupPasword: is no secret of the stack test-vault, .*; did you mean backupPassword\?\n$/),
    before,
  ]);
  const taken = await stack.npm("secret", stack.name, "set", "backupPassword", "--random");
  expect([taken.code, taken.stderr, file()]).toEqual([1, expect.stringMatching(/^webstack: backupPassword: is set already/), before]);
  const set = await stack.shell(`echo of-a-test | npm run --silent secret -- ${stack.name} set smtpPassword`);
  expect([set.code, set.stdout]).toEqual([
    0,
    `smtpPassword: is set, encrypted in .webstack/Pulumi.${stack.name}.yaml; npm run up -- ${stack.name} brings it to the hosts\n`,
  ]);
  expect(file().secrets).toHaveProperty("smtpPassword");
  expect(stack.whole()).not.toContain("of-a-test");
  const list = await stack.npm("secret", stack.name, "list");
  expect([list.code, list.stdout]).toEqual([0, expect.stringMatching(/^ {2}backupPassword +is set$/m)]);
  expect(list.stdout).toMatch(/^ {2}smtpPassword +is set$/m);
  const edited = await stack.shell(`EDITOR="sed -i s/of-a-test/of-an-editor/" npm run --silent secret -- ${stack.name} edit`);
  expect([edited.code, edited.stdout]).toEqual([
    0,
    `smtpPassword: set, encrypted in .webstack/Pulumi.${stack.name}.yaml; npm run up -- ${stack.name} brings it to the hosts\n`,
  ]);
  const value = await stack.npm("pulumi", stack.name, "config", "get", "smtpPassword");
  expect([value.code, value.stdout]).toEqual([0, "of-an-editor\n"]);
  const closed = await stack.shell(`PULUMI_CONFIG_PASSPHRASE=wrong npm run --silent secret -- ${stack.name} edit`);
  expect([closed.code, closed.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^webstack: the secrets of \.webstack\/Pulumi\.test-vault\.yaml do not open with the passphrase of \S+ \(PULUMI_CONFIG_PASSPHRASE\)/,
    ),
  ]);
  expect((await stack.npm("secret", stack.name, "unset", "smtpPassword")).code).toBe(0);
  expect(file()).toEqual(before);
}, 120_000);

test("a job by hand", async () => {
  const { code, stdout } = await type(onHost("sudo hostctl run update-city-001"));
  expect([code, stdout.trim() !== ""]).toEqual([0, true]);
}, 120_000);

test("an update on demand travels through the pipe of the runbook, and a rollback takes it back", async () => {
  const folder = join(stack.folder, "files");
  mkdirSync(folder);
  writeFileSync(join(folder, "controller.ini"), "[heavy]\nnote.json = city_001\n");
  writeFileSync(join(folder, "note.json"), "{}");
  const line = lines.find((one) => one.startsWith("tar -c -C FOLDER"))?.replace("FOLDER", folder) ?? "";
  const { code, stderr } = await stack.shell(line);
  expect([code, stderr]).toEqual([0, ""]);
  expect(await stack.remote("cat /srv/webstack/current/city_001/note.json")).toBe("{}");
  expect((await type(onHost("sudo hostctl rollback"))).code).toBe(0);
}, 120_000);
