/** What a machine shows to a stranger, and what it keeps to itself. Limit: one IP address asks; the scanners judge what they know. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./http";
import { SharedStack } from "./shared";
import { run } from "./stack";
import { everyStatus, secured } from "./statuses";
import { Stranger } from "./stranger";
import { statuses } from "./wire";

const stack = new SharedStack("shop");
const names = ["DJANGO_SECRET_KEY", "STRIPE_API_KEY", "GOOGLE_OAUTH_SECRET", "FACEBOOK_APP_SECRET"] as const;
/** One word that no other file can hold, in the value of each secret. */
const marker = `canary${process.pid}x${Date.now()}`;
let address = "";
let stranger: Stranger;
let scan: Promise<Readonly<Record<string, readonly number[]>>>;

beforeAll(async () => {
  await stack.bringUp({}, Object.fromEntries(names.map((name) => [name, `${marker}-${name}`])));
  address = (await stack.outputs()).hosts[0]?.address ?? "";
  stranger = await Stranger.arrive(`${stack.name}-stranger`, "10.84.14.1", "10.84.14.200");
  // It waits most of its time, so the other tests go on meanwhile.
  scan = stranger.openPorts(address, (await stack.outputs()).database.host);
}, 300_000);

afterAll(async () => {
  await stranger.leave();
  await stack.down();
}, 120_000);

describe("its secrets", () => {
  /** Files of the machine that hold a word, by its root; the word comes on standard input, so that it is in no command line. */
  const holders = async (word: string) => {
    // -F - would take a list of words from a file: https://www.gnu.org/software/grep/manual/grep.html
    const found = await stack.remote(
      "sudo grep -rIlF -f - / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev || test $? -eq 1 -o $? -eq 2",
      { stdin: word },
    );
    return found.split("\n").filter((line) => line !== "");
  };
  const databasePassword = async () => (await stack.remote("sudo cat /etc/webstack/env")).match(/postgresql:\/\/[^:]+:([^@]+)@/)?.[1] ?? "";

  test("are all in the environment file, which root alone reads", async () => {
    const file = await stack.remote("sudo cat /etc/webstack/env");
    for (const name of names) expect(file).toContain(`${marker}-${name}`);
    expect(await stack.remote("stat -c '%a %U %G' /etc/webstack/env")).toBe("600 root root");
    expect((await stack.ssh("cat /etc/webstack/env")).code).not.toBe(0);
  });

  test("are in no other file of the machine", async () => {
    expect(await holders(marker)).toEqual(["/etc/webstack/env"]);
    expect(await holders(await databasePassword())).toEqual(["/etc/webstack/env"]);
    expect(await stack.remote("sudo find /var/lib/webstack -maxdepth 1 -name 'undo*'")).toBe("");
  }, 60_000);

  test("are in no journal, log or cloud-init file, binary ones included", async () => {
    const count = (command: string) => stack.remote(`sudo sh -c '${command} || true'`, { stdin: marker });
    expect(await count('word=$(cat); journalctl --no-pager --all | grep -cF "$word"')).toBe("0");
    expect(await count("grep -ralF -f - /var/log /var/lib/cloud")).toBe("");
    // What is looked for would be found: this very command is in sudo's log.
    expect(await count("grep -ralF cloud-initX /var/log; : cloud-initX")).toContain("/var/log/journal/");
  });

  test("are in no process but the app's own, and in no command line", async () => {
    const script = `
import os, pwd, sys
word = sys.stdin.read().encode()
seen = set()
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("cmdline", "environ"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file: held = word in file.read()
            if held: seen.add(f"{pwd.getpwuid(os.stat(f'/proc/{pid}').st_uid).pw_name} {name}")
        except (FileNotFoundError, ProcessLookupError): pass
print(sorted(seen))`;
    expect(
      await stack.remote(`sudo python3 -c ${JSON.stringify(script).replaceAll("\\n", "\n").replaceAll("$", "\\$")}`, { stdin: marker }),
    ).toBe("['ocpizza environ']");
  });

  test("are in no file that the engine keeps, nor in what it prints", async () => {
    const state = (await stack.pulumi(["stack", "export"])).stdout;
    const outputs = (await stack.pulumi(["stack", "output", "--json"])).stdout;
    const preview = (await stack.preview("--diff")).stdout;
    const password = await databasePassword();
    // The state is there, and holds what is no secret.
    expect(state).toContain("ocpizza");
    const key = readFileSync(join(stack.folder, "key"), "utf8").split("\n")[1] ?? "";
    expect(key).not.toBe("");
    for (const word of [marker, password, key]) {
      expect(word.length).toBeGreaterThan(10);
      for (const text of [state, outputs, preview]) expect(text).not.toContain(word);
    }
    const { stdout } = await run("grep", ["-rlF", marker, join(stack.folder, "state")]);
    expect(stdout).toBe("");
  }, 60_000);
});

describe("a request that two servers could read in two ways", () => {
  // What hides inside the body of each: a second request, which no answer may follow.
  const inner = "GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n";
  const chunked = `0\r\n\r\n${inner}`;
  const post = (headers: string, body: string) => `POST /orders HTTP/1.1\r\nHost: HOST\r\n${headers}\r\n\r\n${body}`;
  const get = (headers: string, target = "/healthz", method = "GET") =>
    `${method} ${target} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;

  test.each<[string, string, readonly number[]]>([
    ["Content-Length and Transfer-Encoding", post(`Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked`, chunked), [400]],
    ["two Content-Length", post(`Content-Length: 0\r\nContent-Length: ${inner.length}`, inner), [400]],
    ["two Transfer-Encoding", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", chunked), [400]],
    ["Transfer-Encoding: xchunked", post("Transfer-Encoding: xchunked", chunked), [501]],
    ["a blank before the colon", post("Transfer-Encoding : chunked", chunked), [400]],
    ["Content-Length: +3", post("Content-Length: +3", "abc"), [400]],
    ["lines that end in a bare LF", "GET /healthz HTTP/1.1\nHost: HOST\nConnection: close\n\n", [200]],
    ["no Host", get(""), [400]],
    ["the Host of somebody else", get("Host: evil.example\r\n"), []],
    ["a way out of the static folder", get("Host: HOST\r\n", "/static../manage.py"), [404]],
    ["TRACE", get("Host: HOST\r\n", "/", "TRACE"), [405]],
    // Django would read it as X-Forwarded-For, as CGI does; nginx drops names with an underscore.
    ["X_Forwarded_For", get("Host: HOST\r\nX_Forwarded_For: 1.2.3.4\r\n"), [200]],
  ])("%s", async (_, bytes, expected) => {
    expect(await statuses(address, 80, bytes.replaceAll("HOST", address))).toEqual(expected);
  });
});

test("the web machine reaches the database's port, and no SSH beside it", async () => {
  const { database } = await stack.outputs();
  const reach = (port: number, seconds: number) => stack.ssh(`timeout ${seconds} bash -c '</dev/tcp/${database.host}/${port}'`);
  expect((await reach(5432, 10)).code).toBe(0);
  expect((await reach(22, 3)).code).not.toBe(0);
});

describe("a request that is too large", () => {
  test.each<[string, number, (site: string) => ReturnType<typeof ask>]>([
    ["a header of more than 8 KiB", 400, (site) => ask(site, { headers: { "X-Large": "a".repeat(9000) } })],
    ["a URI of more than 8 KiB", 414, (site) => ask(`${site}${"a".repeat(9000)}`)],
  ])("%s gets %i", async (_, status, request) => {
    expect((await request(`http://${address}/`)).status).toBe(status);
  });

  test("a body over the site's limit gets 413 before it is sent", async () => {
    const limit = Number(
      await stack.remote("sudo grep -o 'client_max_body_size [0-9]*' /etc/nginx/webstack/site.conf | head -1 | cut -d ' ' -f 2"),
    );
    const post = (bytes: number) => statuses(address, 80, `POST /orders HTTP/1.1\r\nHost: ${address}\r\nContent-Length: ${bytes}\r\n\r\n`);
    expect(await post(limit * 1024 ** 2 + 1)).toEqual([413]);
    // At the limit nginx waits for the body.
    expect(await post(limit * 1024 ** 2)).toEqual([]);
  });
});

test("every status of a site without TLS has the security headers, each once, and none speaks of TLS", async () => {
  const answers = [...(await everyStatus({ stack, url: `http://${address}/`, address }))];
  expect(answers.map(([name, { status }]) => [name, status])).toEqual(answers.map(([name]) => [name, Number(name.slice(0, 3))]));
  const whole = answers.filter(([name]) => !name.startsWith("304"));
  expect(whole.map(([name, { headers }]) => ({ name, ...headers }))).toEqual(
    whole.map(([name]) => expect.objectContaining({ name, ...secured }) as object),
  );
  expect(answers.filter(([, { headers }]) => "strict-transport-security" in headers)).toEqual([]);
}, 90_000);

test("a stranger on its network finds the site's port open and no other, and nothing on the database's machine", async () => {
  const { database } = await stack.outputs();
  expect(await scan).toEqual({ [address]: [80], [database.host]: [] });
}, 180_000);
