import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorize } from "../../cli/authorize";
import { newKeyPair } from "../../cli/keyPair";
import { connected } from "../../infra/release/ssh";
import { startSshServer, type SshServer } from "../tools/sshServer";

const home = mkdtempSync(join(tmpdir(), "webstack-authorize-"));
let server: SshServer;

afterEach(() => server.stop());
afterAll(() => rmSync(home, { recursive: true }));

const host = () => ({ name: "web-0", address: `127.0.0.1:${server.port}`, user: "deploy", hostKey: server.hostKey });

test("a host takes another key beside the one that it knows", async () => {
  server = await startSshServer([], 0, home);
  const pair = newKeyPair("webstack-prod");
  await authorize([host()], server.privateKey.trimEnd(), pair);
  expect(readFileSync(join(home, ".ssh/authorized_keys"), "utf8")).toBe(`${pair.public}\n`);
  for (const key of [server.privateKey, pair.private]) expect(await connected(host(), key, () => Promise.resolve("in"), 1)).toBe("in");
});

test("a host that does not is told, so that nobody changes to the key", async () => {
  // There is no folder for the user.
  server = await startSshServer([]);
  await expect(authorize([host()], server.privateKey, newKeyPair("webstack-prod"))).rejects.toThrow(
    /^web-0 does not take another key, so the stack keeps its own: .*\/dev\/null/,
  );
  await expect(authorize([host()], newKeyPair("other").private, newKeyPair("webstack-prod"))).rejects.toThrow(
    "so the stack keeps its own: All configured authentication methods failed",
  );
});

test("a host that writes the key down and lets nobody in with it keeps the stack's own", async () => {
  server = await startSshServer([], 0, home);
  const { public: line } = newKeyPair("other");
  await expect(authorize([host()], server.privateKey, { private: newKeyPair("another").private, public: line })).rejects.toThrow(
    "web-0 does not take another key",
  );
});
