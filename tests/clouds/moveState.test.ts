/**
 * A state that a real engine made in a folder is moved by `npm run backend` into a bucket of moto, which plays S3 and Spaces. The program
 * is a small one, since the verb and the engine do not look at it. Limits: moto lets every key in, so that refusals come from a server of
 * the test's own; it forgets the condition of a policy, so that the one of the bucket is kept from it.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, request as send, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { makeBucket, spacesCustom } from "../../cli/state/bucket";
import { sign } from "../../cli/state/storage";
import { findPulumi } from "../../tools/setup/pulumi";
import { startMoto, type Moto } from "../../tools/moto";
import { run, type Outcome } from "../machines/stack";

const root = resolve(__dirname, "../..");
// prettier-ignore
const parts = [
  "Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.aws.yaml", "package.json", "package-lock.json", "tsconfig.json", "infra", "cloud-init",
  "hostctl", "cli", "policy", "tools", "docs", "providers", "examples",
];

let folder: string;
let moto: Moto;
let refusing: Server;
let refusal = { status: 403, code: "InvalidAccessKeyId" };
/** Before moto: keeps the policies of buckets. */
let s3: Server;
const policies: string[] = [];
/** Happens once, at the next request. */
let meanwhile = (): void => undefined;

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function listening(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "webstack-move-"));
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "state"));
  const described = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as object;
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...described, main: "small.js" }));
  writeFileSync(
    join(folder, "small.js"),
    'const { local } = require("@pulumi/command");\nnew local.Command("one", { create: "cat", stdin: ' +
      'require("@pulumi/pulumi").secret("hunter2") }, { additionalSecretOutputs: ["stdout"] });\n',
  );
  refusing = await listening(
    createServer((request, response) => {
      request.resume();
      response
        .writeHead(refusal.status, { "content-type": "application/xml" })
        .end(`<Error><Code>${refusal.code}</Code><Message>As the test says</Message></Error>`);
    }),
  );
  moto = await startMoto();
  s3 = await listening(
    createServer((request, response) => {
      const { method = "GET", url = "/", headers } = request;
      meanwhile();
      meanwhile = () => undefined;
      if (method !== "PUT" || !url.endsWith("?policy")) {
        request.pipe(
          send(`${moto.url}${url}`, { method, headers }, (answer) =>
            answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)),
          ),
        );
        return;
      }
      request.on("data", (body: Buffer) => policies.push(body.toString())).on("end", () => response.writeHead(204).end());
    }),
  );
  // Set-up has nothing to say.
  mkdirSync(join(folder, ".cache/webstack/command-plugin"), { recursive: true });
  writeFileSync(join(folder, ".cache/webstack/command-plugin/asked"), "");
  for (const [stack, file] of [
    ["shop", "Pulumi.prod.yaml"],
    ["cafe", "Pulumi.aws.yaml"],
  ] as const) {
    cpSync(join(root, file), join(folder, `Pulumi.${stack}.yaml`));
    for (const words of [`stack init ${stack}`, `up --yes --skip-preview --suppress-outputs --stack ${stack}`])
      expect(await engine(words)).toMatchObject({ code: 0 });
  }
}, 240_000);

afterAll(async () => {
  refusing.close();
  s3.close();
  await moto.stop();
  rmSync(folder, { recursive: true });
});

const environment = (): NodeJS.ProcessEnv => {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_.*|PULUMI_.*|AWS_.*|SPACES_.*|XDG_.*|STACK)$/.test(name));
  return {
    ...Object.fromEntries(own),
    HOME: folder,
    PATH: `${dirname(findPulumi() ?? "")}${delimiter}${process.env["PATH"] ?? ""}`,
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: "true",
    ...{ SPACES_ACCESS_KEY_ID: "spaces", SPACES_SECRET_ACCESS_KEY: "spaces-secret", SPACES_ENDPOINT_URL: moto.url },
    ...{ AWS_ACCESS_KEY_ID: "aws", AWS_SECRET_ACCESS_KEY: "aws-secret", AWS_ENDPOINT_URL_S3: addressOf(s3) },
  };
};

const engine = (words: string, more: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
  run(findPulumi() ?? "pulumi", [...words.split(" "), "--non-interactive"], { cwd: folder, env: { ...environment(), ...more } });

const move = (words: string, more: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
  run(join(folder, "tools/run"), ["cli/moveState.ts", ...words.split(" ")], { cwd: folder, env: { ...environment(), ...more } });

const stored = (): readonly string[] => readdirSync(join(folder, "state/.pulumi/stacks/webstack")).sort();

test("a request is signed as AWS's own example is", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Bucket Lifecycle"
  const example = {
    endpoint: "",
    region: "us-east-1",
    keyId: "AKIAIOSFODNN7EXAMPLE",
    secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  };
  const { authorization } = sign(
    example,
    { method: "GET", url: new URL("https://examplebucket.s3.amazonaws.com/?lifecycle"), body: "", headers: {} },
    new Date("2013-05-24T00:00:00Z"),
  );
  expect(authorization).toMatch(/Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543$/);
});

test("a wrong login and a bucket of somebody else are one clear line, and nothing moves", async () => {
  const before = stored();
  const moved = await move("shop", { SPACES_ENDPOINT_URL: addressOf(refusing) });
  expect([moved.code, moved.stdout, moved.stderr]).toEqual([
    1,
    "",
    `webstack: ${addressOf(refusing)} refuses the access key spaces: As the test says; nothing was moved\n`,
  ]);
  expect(stored()).toEqual(before);
  const storage = { endpoint: addressOf(refusing), region: "us-east-1", keyId: "mine", secretKey: "secret" };
  for (const [status, code, line] of [
    [403, "SignatureDoesNotMatch", /refuses the access key mine/],
    [
      403,
      "AccessDenied",
      /^bucket states belongs to somebody else, or the access key mine may not use it \(AccessDenied\); nothing was moved\. Another name: --bucket NAME$/,
    ],
    [409, "BucketAlreadyExists", /^bucket states belongs to somebody else/],
    [500, "InternalError", /^http:\S+, bucket states: InternalError As the test says; nothing was moved$/],
  ] as const) {
    refusal = { status, code };
    await expect(makeBucket(storage, "states", spacesCustom)).rejects.toThrow(line);
  }
}, 60_000);

test("nobody that answers, no login, a stack of this box and a bad name are said, too", async () => {
  const says = async (words: string, more: NodeJS.ProcessEnv) => (await move(words, more)).stderr;
  expect(await says("shop", { SPACES_ENDPOINT_URL: "http://127.0.0.1:1" })).toMatch(/^webstack: http:\/\/127\.0\.0\.1:1 does not answer: /);
  expect(await says("shop", { SPACES_ACCESS_KEY_ID: "" })).toMatch(/^webstack: SPACES_ACCESS_KEY_ID: must be set in the environment; /);
  expect(await says("cafe", { AWS_SECRET_ACCESS_KEY: "" })).toBe(
    'webstack: AWS_SECRET_ACCESS_KEY: must be set in the environment; a login of the AWS CLI is in the environment by: eval "$(aws ' +
      'configure export-credentials --format env)"\n',
  );
  expect(await says("shop --bucket Big_Name", {})).toMatch(
    /^webstack: --bucket: must be 3 to 63 lower-case letters, digits and dashes, got "Big_Name"; /,
  );
  expect(stored().filter((name) => /moved|before/.test(name))).toEqual([]);
}, 60_000);

/** Whoever is on DigitalOcean has no keys of AWS; the engine, which asks Spaces by AWS's SDK, gets those of Spaces by AWS's names. */
const spaces = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_ENDPOINT_URL_S3: undefined };
const asEngine = { AWS_ACCESS_KEY_ID: "spaces", AWS_SECRET_ACCESS_KEY: "spaces-secret", AWS_ENDPOINT_URL_S3: undefined };

test("a stack that has a key and was never brought up moves as well, so nothing of it was ever on one box alone", async () => {
  cpSync(join(root, "Pulumi.prod.yaml"), join(folder, "Pulumi.new.yaml"));
  expect(await engine("stack init new")).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await move("new", spaces);
  expect([code, stderr, stdout]).toEqual([
    0,
    "",
    expect.stringContaining("The state of new, 0 resources, lies in the bucket now; it was read back and is the same.\n"),
  ]);
  const url = /export PULUMI_BACKEND_URL='([^']+)'/.exec(stdout)?.[1] ?? "";
  const up = await engine("up --yes --skip-preview --suppress-outputs --stack new", { ...asEngine, PULUMI_BACKEND_URL: url });
  expect([up.code, up.stdout]).toEqual([0, expect.stringContaining("2 created")]);
}, 90_000);

describe.each<[string, string, NodeJS.ProcessEnv, NodeJS.ProcessEnv]>([
  ["shop", "endpoint=", spaces, asEngine],
  ["cafe", "region=eu-west-3", {}, {}],
])("the state of %s", (stack, query, own, login) => {
  let url = "";

  test("moves into a bucket of its cloud, and a preview there finds nothing to change", async () => {
    const file = readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8");
    const lock = join(folder, "state/.pulumi/locks/organization/webstack", stack, "one.json");
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, "{}");
    expect(await move(stack, own)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `webstack: an update of ${stack} is under way; nothing was moved. If it was killed: npm run pulumi -- ${stack} cancel\n`,
    });
    rmSync(lock);
    const { code, stdout, stderr } = await move(stack, own);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      new RegExp(
        `^Made the bucket webstack-${stack}-state-[0-9a-f]{10}: private, versioned, encrypted\\.\n\nThe state of ${stack}, 3 ` +
          `resources, lies in the bucket now; it was read back and is the same\\.\n`,
      ),
    );
    expect(stdout).toContain("opened by the passphrase, as before");
    url = /export PULUMI_BACKEND_URL='([^']+)'/.exec(stdout)?.[1] ?? "";
    expect(url).toContain(query);
    expect(readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8")).toBe(file);
    const there = await engine(`preview --expect-no-changes --stack ${stack}`, { ...login, PULUMI_BACKEND_URL: url });
    expect([there.code, there.stdout]).toEqual([0, expect.stringContaining("2 unchanged")]);
  }, 90_000);

  test("is versioned and encrypted there, and closed to everybody else", async () => {
    const bucket = url.slice("s3://".length).split("?")[0] ?? "";
    const asked = async (what: string) =>
      (
        await fetch(`${moto.url}/${bucket}?${what}`, {
          headers: { authorization: "AWS4-HMAC-SHA256 Credential=aws/20260101/eu-west-3/s3/aws4_request, SignedHeaders=host, Signature=0" },
        })
      ).text();
    expect(await asked("versioning")).toContain("<Status>Enabled</Status>");
    expect(await asked("acl")).not.toContain("AllUsers");
    if (stack === "shop") return;
    expect(await asked("encryption")).toContain("<SSEAlgorithm>AES256</SSEAlgorithm>");
    expect((await asked("publicAccessBlock")).match(/>true</g)).toHaveLength(4);
    expect(policies.map((text) => (JSON.parse(text) as { Statement: object[] }).Statement)).toEqual([
      [
        expect.objectContaining({
          Effect: "Deny",
          Principal: "*",
          Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      ],
    ]);
  });

  test("no longer answers from its folder: the next verb names the bucket, and the old file is kept", async () => {
    expect(stored().filter((name) => name.startsWith(`${stack}.`))).toEqual(
      expect.arrayContaining([`${stack}.json.before-move`, `${stack}.moved`]),
    );
    expect(existsSync(join(folder, `state/.pulumi/stacks/webstack/${stack}.json`))).toBe(false);
    const verb = await run(join(folder, "tools/run"), ["cli/drift.ts", stack], { cwd: folder, env: environment() });
    expect([verb.code, verb.stderr]).toEqual([
      1,
      `webstack: the state of ${stack} was moved to a bucket: export PULUMI_BACKEND_URL='${url}'\n`,
    ]);
    expect(await move(stack)).toMatchObject({
      code: 0,
      stdout: `The state of ${stack} was moved to ${url} already: export PULUMI_BACKEND_URL='${url}'\n`,
    });
  }, 60_000);

  const place = (): string => join(folder, "state/.pulumi/stacks/webstack");

  /** The stack is in its folder again, as before it was moved. */
  const back = (): void => {
    rmSync(join(place(), `${stack}.moved`), { force: true });
    if (existsSync(join(place(), `${stack}.json.before-move`)))
      renameSync(join(place(), `${stack}.json.before-move`), join(place(), `${stack}.json`));
  };

  /** Puts another state there. */
  const change = (): void => {
    const text = readFileSync(join(place(), `${stack}.json`), "utf8");
    const changed = text.replace(/("create": *)"cat"/g, '$1"tac"');
    expect(changed).not.toBe(text);
    writeFileSync(join(place(), `${stack}.json`), changed);
  };

  test("that is there already, as after a run that was killed, is not written again, and another one is refused", async () => {
    back();
    expect((await move(stack, own)).stdout).toMatch(
      /^Found the bucket \S+: private, versioned, encrypted\.\n\nThe state of \w+, 3 resources, lies in the bucket now/,
    );
    back();
    change();
    const other = await move(stack, own);
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^webstack: bucket \S+ has another state of \w+ already, with 3 resources; nothing was moved\. Another bucket: --bucket NAME\n$/,
      ),
    ]);
    expect(stored()).not.toContain(`${stack}.moved`);
  }, 90_000);

  if (stack !== "cafe") return;
  test("stays in its folder where it changes while it is copied, and is what it has become there", async () => {
    const [changed, first] = [
      readFileSync(join(place(), `${stack}.json`), "utf8"),
      readFileSync(join(place(), `${stack}.json`), "utf8").replaceAll('"tac"', '"cat"'),
    ];
    writeFileSync(join(place(), `${stack}.json`), first);
    // The bucket has the first already, so that only a second look at the folder can tell.
    const changing = jest.fn(change);
    meanwhile = changing;
    const late = await move(stack, own);
    expect([changing.mock.calls.length, late.code, late.stderr]).toEqual([
      1,
      1,
      `webstack: the state of ${stack} changed while it was copied, so it stays in its folder; run this again once nothing changes ` +
        `the stack, with another --bucket NAME\n`,
    ]);
    expect([stored().includes(`${stack}.moved`), readFileSync(join(place(), `${stack}.json`), "utf8")]).toEqual([false, changed]);
  }, 90_000);
});
