/**
 * The first contact with a machine. Limit: SSH servers stand for machines; tests/machines/digitalocean.test.ts has real ones, and an
 * impostor before one.
 */
import { execFile, execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, type ServerChannel } from "ssh2";
import { parse } from "yaml";
import { userData } from "../../infra/host/user-data";
import { contactToken, proofOf, proofPath } from "../../infra/release/contact";
import { keyPair } from "../tools/sshKey";

const root = join(__dirname, "../..");
const login = keyPair();
const token = "7e".repeat(32);
const servers: Server[] = [];

afterEach(() => servers.splice(0).forEach((server) => server.close()));

test("a token is of one machine, and tells nothing of the key that it comes from", () => {
  const of = (...words: readonly string[]) => contactToken(login.private, words);
  const tokens = [
    of("web-0", "vpc-1", ""),
    of("web-0", "vpc-1", "ssh-ed25519 A"),
    of("web-0", "vpc-2", ""),
    of("web-1", "vpc-1", ""),
    of("web-0", "vpc-1"),
    contactToken(keyPair().private, ["web-0", "vpc-1", ""]),
  ];
  expect(tokens.every((one) => /^[0-9a-f]{64}$/.test(one))).toBe(true);
  expect(new Set(tokens).size).toBe(tokens.length);
  expect(of("web-0", "vpc-1", "")).toBe(tokens[0]);
});

test("a new machine's user-data is that of any machine, and what it proves its host key with; others know of no token", () => {
  interface UserData {
    readonly write_files: readonly { readonly path: string; readonly permissions: string; readonly content: string }[];
    readonly runcmd: readonly unknown[];
  }
  const [plain, proving] = [userData("ssh-ed25519 PUBLIC", "debian-12"), userData("ssh-ed25519 PUBLIC", "debian-12", token)].map(
    (text) => parse(text) as UserData,
  );
  expect(JSON.stringify(plain)).not.toMatch(/contact|prove/);
  expect(proving).toEqual({
    ...plain,
    write_files: [
      ...(plain?.write_files ?? []),
      { path: "/run/webstack-contact/token", owner: "root:root", permissions: "0600", content: token },
      {
        path: "/run/webstack-contact/prove-host-key",
        owner: "root:root",
        permissions: "0600",
        content: readFileSync(join(root, "cloud-init/ssh/prove-host-key"), "utf8"),
      },
    ],
    runcmd: [...(plain?.runcmd ?? []), ["python3", "-I", "/run/webstack-contact/prove-host-key"]],
  });
});

test("what the machine writes is the proof that is asked for, readable by all, and the token is gone", () => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-contact-"));
  for (const path of ["run/webstack-contact", "etc/ssh", "var/lib/webstack"]) mkdirSync(join(folder, path), { recursive: true });
  const program = readFileSync(join(root, "cloud-init/ssh/prove-host-key"), "utf8");
  expect(program).toContain(`"${proofPath}"`);
  const { public: hostKey } = keyPair();
  writeFileSync(join(folder, "etc/ssh/ssh_host_ed25519_key.pub"), `${hostKey} root@web-0\n`);
  writeFileSync(join(folder, "run/webstack-contact/token"), token);
  execFileSync("python3", ["-I", "-"], { input: program.replaceAll('Path("/', `Path("${folder}/`) });
  expect(readFileSync(join(folder, proofPath), "utf8")).toBe(`${proofOf(token, hostKey)}\n`);
  expect(() => readFileSync(join(folder, "run/webstack-contact/token"))).toThrow("ENOENT");
  rmSync(folder, { recursive: true });
});

interface Machine {
  readonly address: string;
  readonly hostKey: string;
  /** All that it was told by whoever came: commands, and what they were given. */
  readonly heard: string[];
}

/** An SSH server that lets everybody in, as one does that wants to be told something, and answers as `answer` says. */
async function machine(answer: (channel: ServerChannel, hostKey: string, heard: readonly string[]) => void): Promise<Machine> {
  const { private: secret, public: hostKey } = keyPair();
  const heard: string[] = [];
  const server = new Server({ hostKeys: [secret] }, (client) => {
    client.on("error", () => undefined).on("authentication", (attempt) => attempt.accept());
    client.on("session", (accept) => {
      const session = accept();
      session.on("env", (accepted, _reject, { key, val }) => {
        heard.push(`${key}=${val}`);
        accepted?.();
      });
      session.on("exec", (acceptExec, _reject, { command }) => {
        heard.push(command);
        const channel = acceptExec();
        channel.on("data", (bytes: Buffer) => heard.push(bytes.toString())).on("error", () => undefined);
        answer(channel, hostKey, heard);
      });
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, hostKey, heard };
}

function say(channel: ServerChannel, text: string, status = 0): void {
  channel.write(text);
  channel.exit(status);
  channel.end();
}

const question = `cloud-init status --wait > /dev/null 2>&1; cat ${proofPath}`;

/** Runs the program as the engine does. */
function meet(address: string, environment: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, ADDRESS: address, ...environment };
  return new Promise((resolve) => {
    const child = execFile(
      "node",
      ["--require", "tsx/cjs", "infra/release/hostKey.ts"],
      { cwd: root, env, timeout: 30_000 },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      },
    );
    child.stdin
      ?.on("error", () => undefined)
      .end(JSON.stringify({ stack: "prod", host: "web-0", replacedBy: "web-0-card", user: "deploy", token, privateKey: login.private }));
  });
}

test("a machine that proves its host key is believed from then on", async () => {
  const honest = await machine((channel, hostKey) => say(channel, `${proofOf(token, hostKey)}\n`));
  expect(await meet(honest.address)).toEqual({ code: 0, out: honest.hostKey, err: "" });
  expect(honest.heard).toEqual([question]);
}, 30_000);

test("one whose connection breaks before its answer is asked again", async () => {
  const restarting = await machine((channel, hostKey, heard) =>
    heard.length < 2 ? channel.close() : say(channel, proofOf(token, hostKey)),
  );
  expect(await meet(restarting.address)).toEqual({ code: 0, out: restarting.hostKey, err: "" });
}, 30_000);

const genuine = keyPair().public;

test.each<[string, (channel: ServerChannel, hostKey: string) => void]>([
  ["has no proof", (channel) => say(channel, "", 1)],
  ["made one with another token", (channel, hostKey) => say(channel, proofOf("00".repeat(32), hostKey))],
  ["made one without a token", (channel, hostKey) => say(channel, createHmac("sha256", "").update(hostKey).digest("hex"))],
  ["passes on the proof of the machine itself, which has another key", (channel) => say(channel, proofOf(token, genuine))],
  ["repeats what it has heard", (channel) => say(channel, question)],
  [
    "talks without an end",
    (channel) => {
      const talk = setInterval(() => channel.write("x".repeat(10_000)), 1);
      channel.on("close", () => clearInterval(talk));
    },
  ],
])(
  "who %s is told nothing but the question, and named in one line",
  async (_what, answer) => {
    const stranger = await machine(answer);
    const { code, out, err } = await meet(stranger.address);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^127\.0\.0\.1:\d+ does not prove its host key SHA256:\S+ with the token that web-0 was given: it may be somebody else's machine, and was told nothing secret; look which machine has that address now\. Where it is web-0 itself, its first boot went wrong, and npm run up -- prod --replace '\*\*::web-0-card' makes another\n$/,
    );
    expect(stranger.heard).toEqual([question]);
  },
  30_000,
);

test("a machine that has proved its key need show that key alone, also at another address", async () => {
  const known = await machine((channel) => say(channel, ""));
  expect(await meet(known.address, { PULUMI_COMMAND_STDOUT: known.hostKey })).toEqual({ code: 0, out: known.hostKey, err: "" });
  const { code, err } = await meet(known.address, { PULUMI_COMMAND_STDOUT: genuine });
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(
      /^\S+ shows host key SHA256:\S+, not SHA256:\S+ of the machine that the stack knows, and was told nothing; look which machine has that address now\n$/,
    ),
  ]);
  expect(known.heard).toEqual([]);
}, 30_000);
