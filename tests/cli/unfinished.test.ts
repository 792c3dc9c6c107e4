/**
 * Verbs about a stack whose machines do not answer, or whose first `up` failed, as people type them. Limit: the engine and ssh are
 * stand-ins; what a host says is the machines' to show.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { answers } from "../../cli/answers";
import { bootedHosts } from "../../cli/bootedHosts";
import { Typing, upAt } from "./typing";

/** Refused by the system at once: https://www.rfc-editor.org/rfc/rfc919 */
const nobody = "255.255.255.255";

const urn = (name: string) => `urn:pulumi:shop::webstack::command:remote:Command::${name}`;
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const connection = { host: nobody, user: "deploy", hostKey: "ssh-ed25519 AAAA" };
const boot = { urn: urn("web-0-boot"), inputs: { connection: secret({ ...connection, privateKey: "KEY" }) } };

let typing: Typing;

beforeEach(() => {
  typing = new Typing();
});

afterEach(() => typing.remove());

describe("status of a host that does not answer", () => {
  test("says so, with the command that starts it, after one question to the engine", async () => {
    typing.knows("local", { outputs: upAt(nobody) });
    const { code, stdout } = await typing.type("webstack status local");
    expect([code, stdout]).toEqual([
      1,
      `  stack    local\n  site     http://${nobody}/\n  page     not asked for: no host answers\n  release  ` +
        `0011223344556677\n\nweb-0 (${nobody})\nDOES NOT ANSWER; npm run up -- local starts it again, with its data\n`,
    ]);
    expect(typing.asked()).toEqual(["stack output --json --stack local --non-interactive"]);
  });

  test("of a cloud says where to look, and names an up that asks the cloud whether its machine is there", async () => {
    typing.knows("prod", { outputs: upAt(nobody) });
    const { code, stdout } = await typing.type("webstack status prod");
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining(
        `web-0 (${nobody})\nDOES NOT ANSWER; its provider says whether it runs; npm run up -- prod --refresh makes it again where ` +
          `it is gone\n`,
      ),
    ]);
  });

  test("names the stacks there are where there is none of that name", async () => {
    typing.knows("prod", {});
    const { code, stderr } = await typing.type("webstack status local");
    expect([code, stderr]).toEqual([1, "webstack: stack local was never brought up; npm run up -- local does that; there are: prod\n"]);
  });
});

describe("a machine", () => {
  test("that never says a word is given up after a second", async () => {
    // Its queue is full, so that the system lets further connections wait.
    const silent = spawn("python3", [
      "-c",
      "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(0); print(s.getsockname()[1], flush=True); " +
        "time.sleep(60)",
    ]);
    const waiting: Socket[] = [];
    try {
      const [printed] = (await once(silent.stdout, "data")) as [Buffer];
      const port = Number(printed.toString());
      for (let each = 0; each < 4; each++) waiting.push(connect({ host: "127.0.0.1", port }).on("error", () => undefined));
      await once(waiting[0] as Socket, "connect");
      const began = Date.now();
      expect(await answers("127.0.0.1", port)).toBe(false);
      // The system would give it up after two minutes; on a busy box a second may be three.
      expect([Date.now() - began > 900, Date.now() - began < 20_000]).toEqual([true, true]);
    } finally {
      for (const socket of waiting) socket.destroy();
      silent.kill();
    }
  });

  test("that refuses at first and takes the next one answers", async () => {
    const late = spawn("python3", [
      "-c",
      "import socket, time; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); time.sleep(0.5); " +
        "s.listen(); time.sleep(60)",
    ]);
    try {
      const [printed] = (await once(late.stdout, "data")) as [Buffer];
      // Later than a status has it, since Python may be late on a busy box.
      expect(await answers("127.0.0.1", Number(printed.toString()), { withinMs: 20_000, againMs: 5000 })).toBe(true);
    } finally {
      late.kill();
    }
  });
});

describe("a stack whose first up failed", () => {
  beforeEach(() => typing.knows("local", { resources: [{ urn: urn("database-0-boot"), inputs: { connection } }, boot] }));

  test("has its log and a login", async () => {
    expect(await typing.type("webstack logs local deploy")).toEqual({
      code: 0,
      stdout: "on the host: sudo hostctl logs deploy\n",
      stderr: "",
    });
    expect((await typing.type("webstack ssh local web-0 uptime")).stdout).toBe("on the host: uptime\n");
  });

  test("and whose file has lost the key says how it comes back", async () => {
    typing.knows("local", { resources: [boot], config: {} });
    expect(await typing.type("webstack logs local deploy")).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "webstack: .webstack/Pulumi.local.yaml has lost sshPrivateKey, without which no host lets anybody in; npm run secret -- " +
        "local recover takes it from the state\n",
    });
  });

  test("has a status that says what to type", async () => {
    const { code, stdout } = await typing.type("webstack status local");
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        /site +none yet: the first up did not come to its end; npm run logs -- local deploy says what was done, npm run up -- local goes on\n\nweb-0 \(255\.255\.255\.255\)\nDOES NOT ANSWER/,
      ),
    ]);
  });

  test.each(["manage local migrate", "rollback local"])("%s says what is there", async (words) => {
    expect(await typing.type(`webstack ${words}`)).toEqual({
      code: 1,
      stdout: "",
      stderr:
        `webstack: stack local is not up: its first up did not come to its end. web-0 (${nobody}) does not answer; npm run logs -- ` +
        `local deploy says what was done there, npm run up -- local goes on\n`,
    });
  });

  test("of which no machine has booted is brought up", async () => {
    typing.knows("local", { resources: [{ urn: urn("web-0-image"), inputs: {} }] });
    for (const words of ["logs local web", "status local", "manage local migrate"]) {
      expect(await typing.type(`webstack ${words}`)).toMatchObject({
        code: 1,
        stderr: "webstack: stack local is not up; bring it up: npm run up -- local\n",
      });
    }
  });
});

test("hosts that have booted are found in a state, wherever it is marked as secret", () => {
  const state = (...resources: readonly object[]) => JSON.stringify({ version: 3, deployment: { resources } });
  const host = { name: "web-0", address: nobody, user: "deploy", hostKey: "ssh-ed25519 AAAA" };
  expect(bootedHosts(state(boot))).toEqual([host]);
  expect(bootedHosts(state({ ...boot, inputs: { connection: { ...connection, privateKey: secret("KEY") } } }))).toEqual([host]);
  expect(bootedHosts(state({ urn: "stack" }, { urn: urn("web-0-boot"), inputs: {} }))).toEqual([]);
  expect(bootedHosts('{"version": 3, "deployment": null}')).toEqual([]);
});
