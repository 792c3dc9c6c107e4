import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { asRoot, install, missingPackages, requireMachineBox } from "../../tools/setup/packages";
import { capture, Failed } from "../../tools/setup/process";
import { makeMissing, seconds, type Step } from "../../tools/setup/step";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "setup-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a removed package, whose settings are still there, is missing", () => {
  const status = join(folder, "status");
  writeFileSync(status, "Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: deinstall ok config-files\n");
  expect(missingPackages(["a", "b", "c"], status)).toEqual(["b", "c"]);
  expect(missingPackages(["a"], join(folder, "none"))).toEqual(["a"]);
});

test("another apt, such as an upgrade that the box runs itself, is waited for, and what else is wrong is said at once", async () => {
  const program = (said: string, times: number) => `#!/bin/sh
[ "$LC_ALL" = C.UTF-8 ] && echo "$@" >> ${folder}/asked
[ "$1" != update ] || [ "$(grep -c update ${folder}/asked)" -gt ${times} ] || { echo "${said}" >&2; exit 100; }
`;
  const path = process.env["PATH"];
  const root = jest.spyOn(process as unknown as { getuid: () => number }, "getuid").mockReturnValue(0);
  const pauses = jest
    .spyOn(global, "setTimeout")
    .mockImplementation(((resume: () => void) => void setImmediate(resume)) as unknown as typeof setTimeout);
  process.env["PATH"] = `${folder}:${path ?? ""}`;
  try {
    writeFileSync(
      join(folder, "apt-get"),
      program("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 77 (unattended-upgr)", 3),
      { mode: 0o755 },
    );
    await install(["git"]);
    expect([readFileSync(join(folder, "asked"), "utf8"), pauses.mock.calls.length]).toEqual([
      `${"update -q\n".repeat(4)}install -q -y --no-install-recommends -o DPkg::Lock::Timeout=900 git\n`,
      3,
    ]);
    writeFileSync(join(folder, "apt-get"), program("E: no space left", 9), { mode: 0o755 });
    await expect(install(["git"])).rejects.toThrow("apt-get update failed:\nE: no space left");
    expect(pauses.mock.calls.length).toBe(3);
  } finally {
    process.env["PATH"] = path;
    root.mockRestore();
    pauses.mockRestore();
  }
});

function step(name: string, reasons: (string | null)[], made: string[]): Step {
  return {
    name,
    missing: () => reasons.shift() ?? null,
    make: () => {
      made.push(name);
      return Promise.resolve();
    },
  };
}

test("only what is missing is made, and said", async () => {
  const made: string[] = [];
  const lines: string[] = [];
  await makeMissing([step("A", [null], made), step("B", ["no B", null], made)], (line) => lines.push(line));
  expect(made).toEqual(["B"]);
  expect(lines).toEqual(["set-up: B (no B)", expect.stringMatching(/^set-up: B done in \d\.\d s$/)]);
});

test("a step that did not make what is missing fails", async () => {
  const failed = makeMissing([step("A", ["no A", "half an A"], [])], () => undefined);
  await expect(failed).rejects.toThrow("A is still not complete: half an A");
});

test.each([
  [400, "0.4 s"],
  [12_345, "12 s"],
  [185_000, "3 min 5 s"],
])("%d ms is %s", (milliseconds, text) => {
  expect(seconds(milliseconds)).toBe(text);
});

test("a program that fails hands on its status and its output", async () => {
  const failed = capture("sh", ["-c", "echo out; echo err >&2; exit 3"]);
  await expect(failed).rejects.toThrow(new Failed("sh -c failed:\nout\nerr", 3));
  await expect(failed).rejects.toMatchObject({ status: 3 });
});

test("a program that is not there is said to be", async () => {
  await expect(capture("no-such-program", [])).rejects.toThrow("no-such-program: spawn no-such-program ENOENT");
});

test("what a program reads comes from standard input", async () => {
  expect(await capture("tr", ["a-z", "A-Z"], { stdin: "secret\n" })).toBe("SECRET");
});

test("who is no root is told the words that they typed", () => {
  const typed = (...words: readonly string[]) => ["/usr/bin/node", "/shop/cli/up.ts", ...words];
  expect([
    asRoot(typed("mine", "--message", "a b"), "up"),
    asRoot(typed(), "up"),
    asRoot(typed("mine"), "npx"),
    asRoot(typed("mine"), undefined),
  ]).toEqual(["sudo npm run up -- mine --message 'a b'", "sudo npm run up", "sudo npx webstack up mine", "sudo npx webstack up mine"]);
});

test("a Mac is told in one line what needs Linux and root, and what works there", () => {
  expect(() => requireMachineBox("darwin")).toThrow(
    "local machines need Linux and root, got darwin; use a Linux box for the rehearsal, the verbs for a stack in a cloud work here",
  );
});
