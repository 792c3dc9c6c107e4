import { logCommand } from "../../cli/logCommand";
import { chooseHost, knownHosts } from "../../cli/hostLogin";
import { oneOffOf } from "../../cli/oneOff";
import { shellLine } from "../../cli/shellWords";
import { table } from "../../cli/terminal";
import { splitWords } from "../../infra/config/schema/command";
import { quote } from "../../infra/config/quote";

const hosts = [
  { name: "web-0", address: "10.0.0.4", user: "deploy", hostKey: "ssh-ed25519 AAAA" },
  { name: "web-1", address: "10.0.0.5", user: "deploy", hostKey: "ssh-ed25519 BBBB" },
];

test("logs are hostctl's to find", () => {
  expect(logCommand([])).toBe("sudo hostctl logs");
  expect(logCommand(["deploy", "-f", "-n", "5"])).toBe("sudo hostctl logs deploy -f -n 5");
});

test.each(["web; reboot", "$(reboot)", "--help", "Web"])("a log named %j is refused before it reaches a shell", (word) => {
  expect(() => logCommand([word])).toThrow(`npm run logs -- [STACK] [SERVICE|JOB|deploy] [-f] [-n LINES], got "${word}"`);
});
test("a host is chosen by name, the first one without a name", () => {
  expect(chooseHost(hosts, undefined, "prod").name).toBe("web-0");
  expect(chooseHost(hosts, "web-1", "prod").name).toBe("web-1");
  expect(() => chooseHost(hosts, "db", "prod")).toThrow('"db" is no host of the stack prod, which has web-0, web-1, and no stack');
  expect(() => chooseHost(hosts, "wep1", "prod")).toThrow(/and no stack; did you mean web-1\?$/);
});

test("each host is known by its own key alone", () => {
  expect(knownHosts(hosts)).toBe("10.0.0.4 ssh-ed25519 AAAA\n10.0.0.5 ssh-ed25519 BBBB\n");
});

test("a table aligns its second column", () => {
  expect(
    table([
      ["a", "1"],
      ["long", "2"],
    ]),
  ).toBe("  a     1\n  long  2");
});

test.each([
  [[], { host: undefined, words: [] }],
  [["createsuperuser"], { host: undefined, words: ["createsuperuser"] }],
  [["--", "--host", "x"], { host: undefined, words: ["--host", "x"] }],
  [["--host", "web-1", "shell"], { host: "web-1", words: ["shell"] }],
  [["--host=web-1", "ls", "--host", "x"], { host: "web-1", words: ["ls", "--host", "x"] }],
])("of the one-off words %j", (rest, oneOff) => {
  expect(oneOffOf(rest)).toEqual(oneOff);
});

test("a host is named behind --host", () => {
  expect(() => oneOffOf(["--host"])).toThrow("--host: must be followed by the name of a host");
});

test("several words arrive at a host's shell as they were typed, one is a line of it", () => {
  expect(shellLine(["df -h; free -m"])).toBe("df -h; free -m");
  const typed = ["sudo", "hostctl", "maintenance", "on", "--message", 'We move, it\'s $5; `ls` & "more"', ""];
  expect(splitWords(shellLine(typed))).toEqual(typed);
  expect(quote("it's")).toBe(`'it'\\''s'`);
});
