/** What `whatServes` makes of a host's answer, with an ssh that runs the command here. Limit: hostctl's own words. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pulumi } from "../../cli/pulumi";
import { whatServes } from "../../cli/serving";

const path = process.env["PATH"] ?? "";
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "webstack-serving-"));
  process.env["PATH"] = `${folder}:${path}`;
});

afterEach(() => {
  process.env["PATH"] = path;
  rmSync(folder, { recursive: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

const outputs = {
  siteUrl: "http://127.0.0.1:1/",
  hosts: [{ name: "web-0", address: "192.0.2.1", user: "deploy", hostKey: "ssh-ed25519 AAAA" }],
};
const pulumi = {
  stack: "shop",
  capture: ([verb]: readonly string[]) => Promise.resolve(verb === "stack" ? JSON.stringify(outputs) : "key"),
} as unknown as Pulumi;
const answering = (answer: string, status: number) => program("sudo", `echo '${answer}'; exit ${status}`);

test.each<[string, () => void, string]>([
  ["a host that is well", () => answering('{"release":{"serving":"0011"}}', 0), "release 0011 serves on"],
  ["one with a fault that leaves the release alone", () => answering('{"release":{"serving":"0011"}}', 1), "release 0011 serves on"],
  ["one without a release", () => answering('{"release":{"serving":null}}', 1), "no release"],
  ["one whose hostctl says nothing", () => program("sudo", "exit 1"), "web-0 could not be asked"],
  ["one that does not answer", () => program("ssh", "exit 255"), "web-0 could not be asked"],
])("%s", async (_, box, says) => {
  program("ssh", 'for line; do :; done; exec sh -c "$line"');
  box();
  expect(await whatServes(pulumi)).toMatch(new RegExp(`^${says}; the page: no answer from http://127.0.0.1:1/`));
});
