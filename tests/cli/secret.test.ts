import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { utils } from "ssh2";
import { newKeyPair } from "../../cli/keyPair";
import { UsageError } from "../../cli/terminal";
import { changedSecrets, editableText } from "../../cli/secretEdit";
import { keyWishOf, randomValue, wishOf, wrongKey, wrongName } from "../../cli/secrets";
import { publicKeyOf } from "../../infra/config/sshkey";
import { keyPair } from "../tools/sshKey";

test.each([
  [["prod", "list"], { does: "list", stack: "prod" }],
  [["prod", "set", "TOKEN"], { does: "set", stack: "prod", name: "TOKEN", random: false }],
  [["prod", "set", "backupPassword", "--random"], { does: "set", stack: "prod", name: "backupPassword", random: true }],
  [["prod", "edit"], { does: "edit", stack: "prod" }],
  [["prod", "unset", "TOKEN"], { does: "unset", stack: "prod", name: "TOKEN", random: false }],
])("%j is understood", (words, wish) => {
  expect(wishOf(words)).toEqual(wish);
});

test.each([
  [[]],
  [["prod"]],
  [["set", "TOKEN"]],
  [["prod", "set"]],
  [["prod", "set", "TOKEN", "value"]],
  [["prod", "unset", "TOKEN", "--random"]],
  [["prod", "list", "TOKEN"]],
  [["prod", "show", "TOKEN"]],
])("%j is refused", (words) => {
  expect(() => wishOf(words)).toThrow(
    new UsageError(`npm run secret -- STACK list | set NAME [--random] | unset NAME | edit | recover, got ${words.join(" ") || "nothing"}`),
  );
});

test("a name that the stack does not have is told with those that it has, before anything is written", () => {
  const required = ["DJANGO_SECRET_KEY", "sshPrivateKey", "backupPassword"];
  expect([wrongName("DJANGO_SECRET_KEY", required, "prod"), wrongName("alertWebhook", required, "prod")]).toEqual([null, null]);
  expect(wrongName("DJANGO_SECRETKEY", required, "prod")).toBe(
    "DJANGO_SECRETKEY: is no secret of the stack prod, which knows DJANGO_SECRET_KEY, alertWebhook, backupPassword, sentryToken, " +
      "smtpPassword, sshPrivateKey; did you mean DJANGO_SECRET_KEY?",
  );
  expect(wrongName("STRIPE", required, "prod")).toMatch(/; one of your app's own is named in secrets of Pulumi\.prod\.yaml first$/);
});

test("a random key is one that a stack takes, of its own each time", () => {
  const [one, other] = [randomValue("sshPrivateKey", "prod"), randomValue("sshPrivateKey", "prod")];
  expect([publicKeyOf(one), one === other]).toEqual([{ line: expect.stringMatching(/^ssh-ed25519 AAAA/) }, false]);
});

test("another random value has 32 bytes", () => {
  expect(Buffer.from(randomValue("backupPassword", "prod"), "base64url")).toHaveLength(32);
});

describe("in an editor", () => {
  const names = ["KEY", "TOKEN", "sshPrivateKey"];
  const values = { KEY: "one: # two", sshPrivateKey: "-----BEGIN\nabc\n" };
  const text = editableText("prod", names, values);

  test("nothing that is left as it was is changed", () => {
    expect(text).toMatch(/^TOKEN: ""$/m);
    expect(changedSecrets(text, names, values)).toEqual({});
  });

  test("what is changed or set is told, and what is taken out stays", () => {
    expect(changedSecrets("TOKEN: new\nKEY: other\n", names, values)).toEqual({ TOKEN: "new", KEY: "other" });
    expect(changedSecrets("", names, values)).toEqual({});
  });

  test.each([
    ["TOKN: x", "TOKN: is no secret of the stack, which knows KEY, TOKEN, sshPrivateKey; nothing was changed"],
    ['KEY: ""', "KEY: must be text, in quotes where it looks like a number, and not empty; nothing was changed"],
    ["TOKEN: 12", "TOKEN: must be text, in quotes where it looks like a number, and not empty; nothing was changed"],
    ["KEY: [", "must be YAML, NAME: value in each line; nothing was changed"],
  ])("%j is refused", (edited, message) => {
    expect(() => changedSecrets(edited, names, values)).toThrow(message);
  });
});

describe("the stack's key", () => {
  test("is made of the words of its verb", () => {
    expect([keyWishOf(["prod"]), keyWishOf(["prod", "--replace"])]).toEqual([
      { stack: "prod", replace: false },
      { stack: "prod", replace: true },
    ]);
    for (const words of [[], ["--replace"], ["prod", "replace"]])
      expect(() => keyWishOf(words)).toThrow(`npm run key -- STACK [--replace], got ${words.join(" ") || "nothing"}`);
  });

  test("is one of OpenSSH's, whatever its bytes begin with: ssh-keygen finds the same public half and comment", () => {
    const pairs = Array.from({ length: 1200 }, () => newKeyPair("webstack-prod"));
    for (const pair of pairs) {
      expect(publicKeyOf(pair.private)).toEqual({ line: pair.public.replace(/ webstack-prod$/, "") });
      // The program that lets a release in reads the secret half as well.
      expect(utils.parseKey(pair.private)).toHaveProperty("type", "ssh-ed25519");
    }
    const [pair] = pairs;
    // ssh-keygen takes no key from a pipe that is not a file of its owner's alone.
    const folder = mkdtempSync(join(tmpdir(), "webstack-pair-"));
    writeFileSync(join(folder, "key"), pair?.private ?? "", { mode: 0o600 });
    expect(execFileSync("ssh-keygen", ["-y", "-f", join(folder, "key")], { encoding: "utf8" }).trim()).toBe(pair?.public);
    rmSync(folder, { recursive: true });
  });

  test("that somebody has in a file beside the stack's, as ssh-keygen -f key makes it, is in no commit", () => {
    const folder = mkdtempSync(join(tmpdir(), "webstack-ignored-"));
    const git = (...words: readonly string[]) => execFileSync("git", words, { cwd: folder, encoding: "utf8" });
    git("init", "--quiet");
    copyFileSync(resolve(__dirname, "../../.gitignore"), join(folder, ".gitignore"));
    mkdirSync(join(folder, "cli"));
    for (const name of ["key", "key.pub", "cli/key.ts"]) writeFileSync(join(folder, name), "");
    expect(git("ls-files", "--others", "--exclude-standard")).toBe(".gitignore\ncli/key.ts\n");
    rmSync(folder, { recursive: true });
  });

  test("that somebody brings is looked at before it is set", () => {
    expect(wrongKey(keyPair().private, "prod")).toBeNull();
    expect(wrongKey("-----BEGIN OPENSSH PRIVATE KEY-----", "prod")).toBe(
      "sshPrivateKey: must be a private key of OpenSSH; npm run key -- prod makes one, and nobody needs to have it in a file",
    );
    expect(wrongKey(keyPair({ passphrase: "a passphrase" }).private, "prod")).toMatch(/^sshPrivateKey: must have no passphrase/);
  });
});
