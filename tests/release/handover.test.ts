import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Server, type ServerChannel } from "ssh2";
import type { SshHost } from "../../infra/release/ssh";
import { keyPair } from "../tools/sshKey";

const root = join(__dirname, "../..");
jest.setTimeout(60_000);

const login = keyPair();

/** A host whose hostctl says what it was asked, and keeps what it was given. */
interface FakeHost extends SshHost {
  readonly asked: string[];
  received: string;
  status: number;
  /** It ends with the first bytes it gets. */
  endsFirst: boolean;
  /** Sent a moment after what it holds. */
  padding: string;
  /** Connections that it was asked for. */
  connections: number;
  /** Answers nobody for a while, as an SSH server does that reads its settings anew. */
  restart(milliseconds: number): void;
  stop(): void;
}

async function start(holds: string): Promise<FakeHost> {
  const { private: secret, public: hostKey } = keyPair();
  const answer = (channel: ServerChannel, command: string) => {
    host.asked.push(command);
    const end = () => {
      channel.exit(host.status);
      channel.end();
    };
    if (command.includes("take-over")) {
      channel.on("end", end).on("data", (bytes: Buffer) => {
        host.received += bytes.toString();
        if (host.endsFirst) end();
      });
    } else if (host.padding !== "") {
      channel.write(holds);
      setTimeout(() => channel.write(host.padding, end), 500);
    } else {
      if (command.includes("hand-over")) channel.write(holds);
      if (host.status !== 0) channel.stderr.write("the disk is full\n");
      end();
    }
  };
  const server = new Server({ hostKeys: [secret] }, (client) => {
    host.connections += 1;
    client.on("error", () => undefined);
    client.on("authentication", (attempt) =>
      attempt.method === "publickey" && attempt.username === "deploy" ? attempt.accept() : attempt.reject(["publickey"]),
    );
    client.on("session", (accept) => accept().on("exec", (acceptExec, _reject, { command }) => answer(acceptExec(), command)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const restart = (milliseconds: number) => {
    server.close();
    setTimeout(() => server.listen(port, "127.0.0.1"), milliseconds);
  };
  const kept = { asked: [], received: "", status: 0, endsFirst: false, padding: "", connections: 0 };
  const host: FakeHost = { ...kept, address: `127.0.0.1:${port}`, user: "deploy", hostKey, restart, stop: () => server.close() };
  return host;
}

const told = ({ address, user, hostKey }: SshHost): SshHost => ({ address, user, hostKey });

function handover(host: SshHost, environment: Record<string, string>): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, HOST: JSON.stringify(told(host)), ...environment };
  return new Promise((resolve) => {
    const child = execFile(
      "node",
      ["--require", "tsx/cjs", "infra/release/handover.ts"],
      { cwd: root, env, timeout: 30_000 },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      },
    );
    child.stdin?.end(login.private);
  });
}

let old: FakeHost;
let young: FakeHost;
let stranger: FakeHost;

beforeEach(async () => {
  [old, young, stranger] = await Promise.all([start("CERTIFICATE AND MEDIA"), start(""), start("")]);
});

afterEach(() => [old, young, stranger].forEach((host) => host.stop()));

const before = (...known: readonly SshHost[]): Record<string, string> => ({
  PULUMI_COMMAND_STDOUT: JSON.stringify({ from: null, known: known.map(told) }),
});

test("the first host of a stack takes over from nobody, and is known from then on", async () => {
  const { code, out } = await handover(young, { SITE: old.address });
  expect([code, JSON.parse(out)]).toEqual([0, { from: null, known: [told(young)] }]);
  expect([old.asked, young.asked]).toEqual([[], []]);
});

test("the host that serves makes a backup and hands over to the new one", async () => {
  const { code, out } = await handover(young, { SITE: old.address, BACKUP: "1", ...before(old) });
  expect([code, JSON.parse(out)]).toEqual([0, { from: told(old), known: [told(old), told(young)] }]);
  expect(old.asked).toEqual(["sudo hostctl backup", "sudo hostctl hand-over --all"]);
  expect([young.asked, young.received]).toEqual([["sudo hostctl take-over --all --lock-wait 300"], "CERTIFICATE AND MEDIA"]);
});

test("after the address moved, media that came meanwhile follow", async () => {
  const { code } = await handover(young, { FROM: JSON.stringify({ from: told(old), known: [] }) });
  expect([code, old.asked, young.asked]).toEqual([
    0,
    ["sudo hostctl hand-over --media"],
    ["sudo hostctl take-over --media --lock-wait 300"],
  ]);
});

test("a new host that has all it needs before the old one has sent the end of it is waited for no longer", async () => {
  [young.endsFirst, old.padding] = [true, "\0".repeat(10_240)];
  const { code, err } = await handover(young, { SITE: old.address, ...before(old) });
  expect([code, err, young.received]).toEqual([0, "", "CERTIFICATE AND MEDIA"]);
});

test("it is the host at the site's address that hands over, not one that never passed the gate", async () => {
  const { out } = await handover(young, { SITE: old.address, ...before(old, stranger) });
  expect((JSON.parse(out) as { from: SshHost }).from).toEqual(told(old));
  expect(stranger.asked).toEqual([]);
});

test("a host that serves already is asked for nothing", async () => {
  const { out } = await handover(young, { SITE: young.address, ...before(old, young) });
  expect(JSON.parse(out)).toEqual({ from: null, known: [told(old), told(young)] });
  expect([old.asked, young.asked]).toEqual([[], []]);
});

test("a machine at the site's address with a key that nobody knows is not trusted", async () => {
  const { code, err } = await handover(young, { SITE: stranger.address, ...before(old) });
  expect(code).toBe(1);
  expect(err).toContain(
    "shows a host key that no host of this stack had, and is not trusted; to begin without what the old host held, run it with " +
      "WEBSTACK_ABANDON=1 set",
  );
  expect([stranger.asked, young.asked]).toEqual([[], []]);
});

test("people may give a lost host up", async () => {
  const { code, out } = await handover(young, { SITE: stranger.address, WEBSTACK_ABANDON: "1", ...before(old) });
  expect([code, (JSON.parse(out) as { from: unknown }).from]).toEqual([0, null]);
});

test("a hand-over that fails says whose fault it was, and nobody is known by it", async () => {
  old.status = 1;
  const { code, out, err } = await handover(young, { SITE: old.address, ...before(old) });
  expect([code, out]).toEqual([1, ""]);
  expect(err).toBe(`${old.address}: hostctl hand-over ended with 1: the disk is full\n`);
});

test("a host whose SSH server restarts is asked again", async () => {
  young.restart(3000);
  const { code, err } = await handover(young, { FROM: JSON.stringify({ from: told(old), known: [] }) });
  expect([code, err, young.asked]).toEqual([0, "", ["sudo hostctl take-over --media --lock-wait 300"]]);
});

test.each(["HOST", "FROM"])("%s: a host that shows another key is asked for nothing, and not a second time", async (which) => {
  const impostor = { ...told(stranger), hostKey: old.hostKey };
  const [from, to] = which === "HOST" ? [told(old), impostor] : [impostor, told(young)];
  const { code, err } = await handover(young, { HOST: JSON.stringify(to), FROM: JSON.stringify({ from, known: [] }) });
  expect([code, err, stranger.connections, stranger.asked]).toEqual([
    1,
    `${stranger.address} shows another host key than the one that the stack keeps of it, and was told nothing; look which machine ` +
      `has that address now\n`,
    1,
    [],
  ]);
});
