/** What is made of a host's answer. Limit: an SSH server stands for the host; tests/machines/site.test.ts asks a real one. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Server } from "ssh2";
import { finding, readState, verifyHost } from "../../infra/release/verify";
import { keyPair } from "../tools/sshKey";

const [x, y, z] = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc"] as const;
const state = (serving: string | null, ...differences: readonly string[]) => ({ serving, differences });

test.each([
  ["serves what was declared then and now", state(y), y, y, null],
  ["is about to get another release", state(y), z, y, null],
  ["was rolled back", state(x, `release: must be ${y}, got ${x}`), y, y, `web-0 serves release ${x}, not the declared ${y}`],
  [
    "was rolled back before another release",
    state(x, `release: must be ${y}, got ${x}`),
    z,
    y,
    `web-0 serves release ${x}, not the declared ${z}`,
  ],
  ["got another release by hostctl update", state(x), y, y, `web-0 serves release ${x}, not the declared ${y}`],
  ["serves what an up brought that failed later", state(y), y, x, null],
  ["has a changed file", state(y, "/etc/x: has other content"), y, y, "web-0 is no longer as it was applied (/etc/x: has other content)"],
  [
    "has two, before another release",
    state(y, "/etc/x: is missing", "/etc/y: is missing"),
    z,
    y,
    "web-0 is no longer as it was applied (/etc/x: is missing, and 1 more)",
  ],
  [
    "serves nothing",
    state(null, `release: must be ${y}, got none`),
    y,
    y,
    `web-0 is no longer as it was applied (release: must be ${y}, got none)`,
  ],
])("a host that %s", (_what, found, declared, applied, told) => {
  expect(finding("web-0", found, declared, applied)).toBe(told);
});

test("an answer is read with either exit code, and from a hostctl that does not say what serves", () => {
  expect(readState(0, JSON.stringify({ serving: y, differences: [] }), "")).toEqual(state(y));
  expect(readState(3, JSON.stringify({ differences: ["/etc/x: is missing"] }), "")).toEqual(state(null, "/etc/x: is missing"));
});

test("a hostctl that does not work is a difference", () => {
  expect(readState(1, "", "sudo: hostctl: command not found\n")).toEqual(
    state(null, "hostctl verify ended with 1: sudo: hostctl: command not found"),
  );
});

test("a host is asked by SSH, with its key checked, and told nothing else", async () => {
  const { private: secret, public: hostKey } = keyPair();
  const asked: string[] = [];
  let boots = true;
  const server = new Server({ hostKeys: [secret] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (attempt) => {
      if (attempt.method !== "publickey" || boots) attempt.reject(["publickey"]);
      else attempt.accept();
      // A first login is refused, as by a machine that boots.
      boots = boots && attempt.method !== "publickey";
    });
    client.on("session", (accept) =>
      accept().on("exec", (acceptExec, _reject, { command }) => {
        asked.push(command);
        const channel = acceptExec();
        channel.write(JSON.stringify(state(x, "/etc/x: is missing")));
        channel.exit(3);
        channel.end();
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, user: "deploy", hostKey };
  const login = keyPair().private;
  expect(await verifyHost(host, login, 5)).toEqual(state(x, "/etc/x: is missing"));
  await expect(verifyHost({ ...host, hostKey: keyPair().public }, login, 5)).rejects.toThrow("shows another host key");
  expect(asked).toEqual(["timeout 60 systemctl is-system-running --wait > /dev/null; sudo hostctl verify --json"]);
  await new Promise((closed) => server.close(closed));
});
