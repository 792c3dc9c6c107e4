import { logCommand } from "../../cli/logCommand";
import { chooseHost, knownHosts } from "../../cli/hostLogin";
import { stackAndRest, table } from "../../cli/terminal";

const hosts = [
  { name: "web-0", address: "10.0.0.4", user: "deploy", hostKey: "ssh-ed25519 AAAA" },
  { name: "web-1", address: "10.0.0.5", user: "deploy", hostKey: "ssh-ed25519 BBBB" },
];

test.each([
  [[], "local", []],
  [["prod"], "prod", []],
  [["prod", "--yes"], "prod", ["--yes"]],
  [["--diff"], "local", ["--diff"]],
])("of the words %j the stack is %s", (words, stack, rest) => {
  expect(stackAndRest(words)).toEqual({ stack, rest });
});

test("logs are hostctl's to find", () => {
  expect(logCommand([])).toBe("sudo hostctl logs");
  expect(logCommand(["deploy", "-f", "-n", "5"])).toBe("sudo hostctl logs deploy -f -n 5");
});

test.each(["web; reboot", "$(reboot)", "--help", "Web"])("a log named %j is refused before it reaches a shell", (word) => {
  expect(() => logCommand([word])).toThrow(`npm run logs -- [SERVICE|JOB|deploy] [-f] [-n LINES], got "${word}"`);
});
test("a host is chosen by name, the first one without a name", () => {
  expect(chooseHost(hosts, undefined).name).toBe("web-0");
  expect(chooseHost(hosts, "web-1").name).toBe("web-1");
  expect(() => chooseHost(hosts, "db")).toThrow('there is no host "db"; there are: web-0, web-1');
});

test("each host is known by its own key alone", () => {
  expect(knownHosts(hosts)).toBe("10.0.0.4 ssh-ed25519 AAAA\n10.0.0.5 ssh-ed25519 BBBB\n");
});

test("a table aligns its second column", () => {
  expect(table([["a", "1"], ["long", "2"]])).toBe("  a     1\n  long  2");
});
