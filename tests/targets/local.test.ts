/** Limit: mocks show what the program asks for, not what a machine makes of it; tests/machines shows that. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../../infra/config/load";
import { renderHosts } from "../../infra/host";
import type { Manifest } from "../../infra/host/manifest";
import { toOutputs } from "../../infra/outputs";
import { planStack } from "../../infra/plan";
import type { StackPlan } from "../../infra/plan/plan";
import { local } from "../../infra/targets/local";
import { spec } from "../config/baseline";
import { faultsOf } from "../host/shape";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

const registered: Registered[] = [];
const databaseSecret = "made-by-the-database";

const mocks: pulumi.runtime.Mocks = {
  newResource({ type, name, inputs }) {
    registered.push({ type, name, inputs });
    return { id: `${name}-id`, state: { ...inputs, ...stateOf(type, name) } };
  },
  call: ({ token }) => {
    if (token === "pulumi:pulumi:readStackOutputs") return { outputs: {} };
    throw new Error(`nothing answers ${token}`);
  },
};

function stateOf(type: string, name: string): Record<string, unknown> {
  switch (type) {
    case "nspawn:index:Image":
      return { digest: "0123456789abcdef", path: "/images/0123456789abcdef" };
    case "nspawn:index:Network":
      return { bridge: "ws-test", gateway: "10.77.0.1" };
    case "nspawn:index:Machine":
      return { hostKey: "ssh-ed25519 AAAA" };
    case "command:remote:Command":
      return {
        stdout:
          name === "web-0-backup-key"
            ? "ssh-ed25519 BACKUP"
            : name === "database-role"
              ? JSON.stringify({ password: databaseSecret, ca: "CA TEXT" })
              : "",
      };
    default:
      return {};
  }
}

const built: { outputs: Record<string, unknown>; plan: StackPlan } = { outputs: {}, plan: {} as StackPlan };

beforeAll(async () => {
  await pulumi.runtime.setMocks(mocks, "webstack", "test", false, "organization");
  const secrets: Secrets = {
    env: { DJANGO_SECRET_KEY: pulumi.secret("app-marker") },
    monitoring: { alertWebhook: pulumi.secret("webhook-marker") },
    sshPrivateKey: pulumi.secret("key-marker"),
    sshPublicKey: "ssh-ed25519 PUBLIC",
    backupPassword: pulumi.secret("backup-marker"),
  };
  built.plan = planStack(spec({ network: { range: "10.77.0.0/24" }, secrets: ["DJANGO_SECRET_KEY"] }));
  const release = { digest: "00112233aabbccdd", source: "app", requirements: "requirements.txt", exclude: [] };
  const outputs = toOutputs(local.build(built.plan, renderHosts(built.plan, release.digest), release, secrets));
  built.outputs = await new Promise((resolve) => pulumi.output(outputs).apply(resolve));
  // No output depends on where the backups go.
  while (!registered.some(({ name }) => name === "web-0-backup-repository")) await new Promise((resolve) => setTimeout(resolve, 5));
});

const named = (name: string): Registered => {
  const found = registered.find((resource) => resource.name === name);
  if (found === undefined)
    throw new Error(`${name} was not declared; declared are ${registered.map((resource) => resource.name).join(", ")}`);
  return found;
};

test("declares exactly these resources", () => {
  expect(registered.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    "command:local:Command release",
    "command:local:Command web-0-release",
    "command:remote:Command backup-0-apply",
    "command:remote:Command backup-0-boot",
    "command:remote:Command database-0-apply",
    "command:remote:Command database-0-boot",
    "command:remote:Command database-role",
    "command:remote:Command web-0-apply",
    "command:remote:Command web-0-backup-key",
    "command:remote:Command web-0-backup-repository",
    "command:remote:Command web-0-boot",
    "command:remote:CopyToRemote backup-0-bundle",
    "command:remote:CopyToRemote database-0-bundle",
    "command:remote:CopyToRemote web-0-bundle",
    "nspawn:index:Firewall firewall",
    "nspawn:index:Image backup-0-image",
    "nspawn:index:Image database-0-image",
    "nspawn:index:Image web-0-image",
    "nspawn:index:Machine backup-0",
    "nspawn:index:Machine database-0",
    "nspawn:index:Machine web-0",
    "nspawn:index:Network network",
  ]);
});

test("the database is open to the web host alone", () => {
  const rules = named("firewall").inputs.rules as { address: string; port: number; from: string[] }[];
  const web = built.plan.hosts[0]?.address;
  const database = built.plan.endpoints.database?.name;
  expect(rules.filter((rule) => rule.port === 5432)).toEqual([expect.objectContaining({ address: database, from: [`${web}/32`] })]);
  // The box that plays the operator, and nobody else, may log in to the database's machine.
  expect(rules.filter((rule) => rule.address === database && rule.port === 22).map((rule) => rule.from)).toEqual([["10.77.0.1/32"]]);
});

/** The value inside a secret, as the engine's protocol wraps it; throws for a value that is none. */
function opened(value: unknown): unknown {
  const secret = value as Record<string, unknown>;
  if (secret["4dabf18193072939515e22adb298388d"] !== "1b47061264138c4ac30d75fd1eb44270")
    throw new Error(`not a secret: ${JSON.stringify(value)}`);
  return secret.value;
}

/** Text of a bundle that is copied to a host. */
const bundleText = (name: string): Promise<string> => Promise.resolve((named(name).inputs.source as pulumi.asset.StringAsset).text);

test("the program that makes the app's role runs again when it is another one", () => {
  const program = createHash("sha256")
    .update(readFileSync(join(__dirname, "../../cloud-init/postgres/role.sh")))
    .digest("hex")
    .slice(0, 8);
  expect(named("database-role").inputs.create).toBe(`sudo /usr/local/lib/webstack/database-role ocpizza ocpizza # ${program}`);
});

test("no secret is in user-data, in a bundle, in a command or in an output", async () => {
  const plain = JSON.stringify([
    named("web-0").inputs.userData,
    named("database-0").inputs.userData,
    await bundleText("web-0-bundle"),
    await bundleText("database-0-bundle"),
    await bundleText("backup-0-bundle"),
    registered.map(({ inputs }) => [inputs.create, inputs.environment, inputs.triggers]),
    built.outputs,
  ]);
  for (const marker of ["backup-marker", "app-marker", "key-marker", "webhook-marker", databaseSecret]) expect(plain).not.toContain(marker);
});

test("the app's environment goes to apply on standard input, with the database's URL and its CA", () => {
  const late = JSON.parse(String(opened(named("web-0-apply").inputs.stdin))) as {
    env: Record<string, string>;
    files: Record<string, string>;
    secrets: Record<string, string>;
  };
  expect(late.secrets).toEqual({ alertWebhook: "webhook-marker" });
  expect(late.env.DJANGO_SECRET_KEY).toBe("app-marker");
  expect(late.env.DATABASE_URL).toMatch(
    new RegExp(
      `^postgresql://[a-z_]+:${databaseSecret}@10\\.77\\.0\\.30:5432/[a-z_]+\\?sslmode=verify-full&sslrootcert=/etc/webstack/database-ca\\.pem$`,
    ),
  );
  expect(late.files).toEqual({
    "/etc/webstack/database-ca.pem": "CA TEXT",
    "/etc/ssh/ssh_config.d/webstack-backup.conf": expect.stringContaining("    HostName 10.77.0.40\n"),
    "/etc/webstack/backup-known-hosts": "webstack-backup ssh-ed25519 AAAA\n",
  });
});

test("the password of the backups goes to the web host alone, and the web host's key to the machine that keeps them", () => {
  expect(faultsOf("repository", JSON.parse(String(opened(named("web-0-backup-repository").inputs.stdin))))).toBeNull();
  expect(JSON.parse(String(opened(named("web-0-backup-repository").inputs.stdin)))).toEqual({
    RESTIC_REPOSITORY: "sftp:webstack-backup:/repository",
    RESTIC_PASSWORD: "backup-marker",
  });
  const late = JSON.parse(String(opened(named("backup-0-apply").inputs.stdin))) as { env: object; files: object };
  expect(late).toEqual({ env: {}, files: { "/etc/ssh/authorized_keys.d/webstack-backup": "restrict ssh-ed25519 BACKUP\n" } });
  const rules = named("firewall").inputs.rules as { address: string; port: number; from: string[] }[];
  expect(rules.filter((rule) => rule.address === "10.77.0.40").map((rule) => [rule.port, rule.from])).toEqual([
    [22, ["10.77.0.1/32"]],
    [22, ["10.77.0.10/32"]],
  ]);
});

test("every connection is secret and checks the host's key", () => {
  const connections = registered.filter(({ type }) => type.startsWith("command:remote:")).map(({ inputs }) => opened(inputs.connection));
  expect(connections).toHaveLength(12);
  for (const connection of connections) expect(connection).toMatchObject({ user: "deploy", hostKey: "ssh-ed25519 AAAA" });
});

test("outputs are those of the schema's version, without a password", () => {
  expect(built.outputs).toEqual({
    version: 1,
    siteUrl: "http://10.77.0.10/",
    address: "10.77.0.10",
    hosts: [{ name: "web-0", address: "10.77.0.10", user: "deploy", hostKey: "ssh-ed25519 AAAA" }],
    database: expect.objectContaining({ engine: "postgres", host: "10.77.0.30", port: 5432 }),
    release: "00112233aabbccdd",
  });
});

test("the bundle of the web host names the release and the app's user", async () => {
  const line = (await bundleText("web-0-bundle")).trimEnd().split("\n").at(-1) ?? "";
  const manifest = JSON.parse(line.replace(/^# BUNDLE /, "")) as Manifest;
  expect([manifest.release?.digest, manifest.user]).toEqual(["00112233aabbccdd", built.plan.spec.app.name]);
});

test("e-mails need a mail server, since no machine of this box sends any", () => {
  const said = (monitoring: object) => local.check(planStack(spec({ monitoring }))).filter(({ at }) => at.startsWith("monitoring"));
  expect(said({ emails: ["ops@shop.test"] })).toEqual([
    {
      at: "monitoring.emails",
      must: "must be empty without monitoring.smtp when target is local, which has no service that sends e-mail",
      got: ["ops@shop.test"],
      hint: "add monitoring.smtp",
    },
  ]);
  expect(said({ emails: ["ops@shop.test"], smtp: { host: "10.0.0.1", from: "alerts@shop.test" } })).toEqual([]);
});
