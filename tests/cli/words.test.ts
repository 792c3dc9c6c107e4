import { journalCommand } from "../../cli/journal";
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

test("a service's journal is that of both its slots", () => {
  expect(journalCommand("web", false)).toBe("sudo journalctl --no-pager --output short-iso -n 200 -u web -u 'web@*'");
  expect(journalCommand(undefined, true)).toBe("sudo journalctl --no-pager --output short-iso -n 200 -f");
});

test("a service's name cannot smuggle a command to the host", () => {
  expect(() => journalCommand("web; reboot", false)).toThrow(
    'a service\'s name is made of lower-case letters, digits and dashes, got "web; reboot"',
  );
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
