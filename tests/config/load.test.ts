/** Limit: config is set as the engine hands it over; tests/machines/ sees the engine itself do it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { loadSpec } from "../../infra/config/load";
import { keyPair } from "../tools/sshKey";
import { raw, spec, type Raw } from "./baseline";

const pair = keyPair();

beforeAll(() =>
  pulumi.runtime.setMocks(
    {
      newResource: ({ name }) => ({ id: name, state: {} }),
      call: ({ token }) => {
        throw new Error(`nothing calls ${token} here`);
      },
    },
    "webstack",
    "test",
  ),
);

/** Sets the config as the engine does: sections as JSON, other values as their text, names with the project's before them. */
function setConfig(values: Raw, secrets: Readonly<Record<string, string>>): void {
  const texts = Object.entries(values).map(([key, value]) => [
    `webstack:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const hidden = Object.entries({ backupPassword: "marker-backup", ...secrets }).map(([key, value]) => [`webstack:${key}`, value]);
  pulumi.runtime.setAllConfig(
    {
      ...Object.fromEntries(texts),
      ...Object.fromEntries(hidden),
      "aws:region": "eu-central-1",
      "pulumi:tags": "{}",
      "webstack2:target": "x",
    },
    hidden.map(([key]) => key ?? ""),
  );
}

const valueOf = (output: pulumi.Output<string>): Promise<string> => new Promise((resolve) => output.apply(resolve));

test("reads the stack's own keys and no others", () => {
  setConfig(raw(), { sshPrivateKey: pair.private });
  expect(loadSpec().spec).toEqual(spec());
});

test("takes the empty values that the project file gives to what a stack leaves out", () => {
  setConfig({ static: {}, secrets: [], jobs: {}, site: {}, host: {}, ...raw() }, { sshPrivateKey: pair.private });
  expect(loadSpec().spec).toEqual(spec());
});

test("hands secrets over as secret outputs, beside the description", async () => {
  setConfig(raw({ secrets: ["TOKEN"] }), { sshPrivateKey: pair.private.trim(), TOKEN: "{ marker-9f2" });
  const loaded = loadSpec();
  const { TOKEN } = loaded.secrets.env;
  expect(TOKEN && [await pulumi.isSecret(TOKEN), await valueOf(TOKEN)]).toEqual([true, "{ marker-9f2"]);
  expect([await pulumi.isSecret(loaded.secrets.sshPrivateKey), await valueOf(loaded.secrets.sshPrivateKey)]).toEqual([
    true,
    `${pair.private.trim()}\n`,
  ]);
  expect([await pulumi.isSecret(loaded.secrets.backupPassword), await valueOf(loaded.secrets.backupPassword)]).toEqual([
    true,
    "marker-backup",
  ]);
  expect(loaded.secrets.sshPublicKey).toBe(pair.public);
  expect(JSON.stringify(loaded.spec)).not.toContain("marker");
});

test.each([
  ["a key that is none", { sshPrivateKey: "marker-9f2" }, {}, "sshPrivateKey: must be a private key of OpenSSH; "],
  ["a key of another type", { sshPrivateKey: keyPair({ type: "ecdsa" }).private }, {}, "sshPrivateKey: must be a key of type ed25519; "],
  [
    "a key with a passphrase",
    { sshPrivateKey: keyPair({ passphrase: "a passphrase" }).private },
    {},
    "sshPrivateKey: must have no passphrase, since nobody is there to type it; ",
  ],
])("refuses %s", (_what, secrets, values, line) => {
  setConfig(raw(values), secrets);
  expect(() => loadSpec()).toThrow(new Error(`Pulumi.test.yaml: 1 problem\n  ${line}run npm run key -- test`));
});

test("hands over the address of somebody else's database, which must be set, and is judged without being shown", async () => {
  const external = raw({ database: { kind: "external", connections: 20 } });
  setConfig(external, { sshPrivateKey: pair.private, DATABASE_URL: "postgresql://app:marker@db.example.net/prices" });
  const { databaseUrl } = loadSpec().secrets;
  expect(databaseUrl && [await pulumi.isSecret(databaseUrl), await valueOf(databaseUrl)]).toEqual([
    true,
    "postgresql://app:marker@db.example.net/prices",
  ]);
  const mend = "run npm run secret -- test set DATABASE_URL";
  setConfig(external, { sshPrivateKey: pair.private });
  expect(() => loadSpec()).toThrow(new Error(`Pulumi.test.yaml: 1 problem\n  DATABASE_URL: must be set; ${mend}`));
  setConfig(external, { sshPrivateKey: pair.private, DATABASE_URL: "" });
  expect(() => loadSpec()).toThrow(new Error(`Pulumi.test.yaml: 1 problem\n  DATABASE_URL: must not be empty; ${mend}`));
  setConfig(external, { sshPrivateKey: pair.private, DATABASE_URL: "mysql://marker" });
  expect(() => loadSpec()).toThrow(/^Pulumi\.test\.yaml: 1 problem\n {2}DATABASE_URL: must be postgresql:(?!.*marker)/);
});

test("refuses an empty secret", () => {
  setConfig(raw({ secrets: ["TOKEN"] }), { sshPrivateKey: pair.private, TOKEN: "" });
  expect(() => loadSpec()).toThrow(
    new Error("Pulumi.test.yaml: 1 problem\n  TOKEN: must not be empty; run npm run secret -- test set TOKEN"),
  );
});

test("refuses a secret that logs could not be kept free of, without showing it", () => {
  setConfig(raw({ secrets: ["PIN"] }), { sshPrivateKey: pair.private, PIN: "9f2" });
  expect(() => loadSpec()).toThrow(
    new Error(
      "Pulumi.test.yaml: 1 problem\n  PIN: must have at least 4 characters; logs could not be kept free of it: run npm run secret " +
        "-- test set PIN, or make it one of env where it is none",
    ),
  );
});

test("refuses a URL whose password is as short", () => {
  setConfig(raw({ secrets: ["CACHE"] }), { sshPrivateKey: pair.private, CACHE: "redis://shop:9f2@cache.test/0" });
  expect(() => loadSpec()).toThrow(
    new Error(
      "Pulumi.test.yaml: 1 problem\n  CACHE: must have at least 4 characters in the password of its URL; logs could not be kept " +
        "free of it: run npm run secret -- test set CACHE",
    ),
  );
});

test("hands over the secrets of alerts that are set", async () => {
  setConfig(raw(), { sshPrivateKey: pair.private, alertWebhook: "http://10.20.0.1:8080/marker" });
  const { monitoring } = loadSpec().secrets;
  expect(Object.keys(monitoring)).toEqual(["alertWebhook"]);
  const webhook = monitoring["alertWebhook"];
  expect(webhook && [await pulumi.isSecret(webhook), await valueOf(webhook)]).toEqual([true, "http://10.20.0.1:8080/marker"]);
});

test.each([
  ["that is no URL", {}, "marker-9f2"],
  ["in clear on the Internet", { target: "digitalocean", access: { sshFrom: ["203.0.113.7/32"] } }, "http://hooks.example/marker"],
])("refuses a webhook %s, without showing it", (_what, values, alertWebhook) => {
  setConfig(raw(values), { sshPrivateKey: pair.private, alertWebhook });
  expect(() => loadSpec()).toThrow(
    new Error("Pulumi.test.yaml: 1 problem\n  alertWebhook: must be an https URL; run npm run secret -- test set alertWebhook"),
  );
});

test("names every missing and every plain secret at once, and shows none", () => {
  setConfig({ ...raw({ secrets: ["A", "B"] }), B: "marker-9f2", C: "marker-9f2" }, {});
  expect(() => loadSpec()).toThrow(
    new Error(
      [
        "Pulumi.test.yaml: 4 problems",
        "  A: must be set; run npm run secret -- test set A",
        "  B: must be encrypted; run npm run secret -- test set B, and change the secret if this file was saved anywhere",
        "  C: is not a known key; known keys are target, protect, app, services, static, release, jobs, env, secrets, site, host, " +
          "network, database, backup, monitoring, policy, access",
        "  sshPrivateKey: must be set; run npm run key -- test",
      ].join("\n"),
    ),
  );
});

test("refuses a section whose text is no mapping", () => {
  setConfig({ ...raw(), site: "{ domain" }, { sshPrivateKey: pair.private });
  expect(() => loadSpec()).toThrow(
    /site: must be a mapping with the keys domain, aliases, tls, acme, zone, existingRecords, caa, http3, maxBodyMiB, quietPaths, maintenancePath, got "\{ domain"; for example site: \{"domain":"www\.ocpizza\.fr"\}$/,
  );
});

test("a stack of this box whose secrets are kept apart, and which the engine was not told of, is refused in one line with what to type", () => {
  const [here, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), "webstack-apart-"))];
  try {
    process.chdir(folder);
    mkdirSync(".webstack");
    writeFileSync(".webstack/Pulumi.test.yaml", "encryptionsalt: v1:x\n");
    pulumi.runtime.setAllConfig(
      Object.fromEntries(
        Object.entries(raw({ secrets: ["TOKEN"] })).map(([key, value]) => [
          `webstack:${key}`,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
      ),
      [],
    );
    expect(() => loadSpec()).toThrow(
      new Error(
        "Pulumi.test.yaml: 1 problem\n  sshPrivateKey: must be read from .webstack/Pulumi.test.yaml, where this box keeps the " +
          "secrets of its own stacks; npm run pulumi -- test WORDS... tells the engine, pulumi up -s test --config-file " +
          ".webstack/Pulumi.test.yaml after any verb, too",
      ),
    );
  } finally {
    process.chdir(here);
    rmSync(folder, { recursive: true });
  }
});
