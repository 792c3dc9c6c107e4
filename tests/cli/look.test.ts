/**
 * A preview as `look` begins it, and what else seeks a stack, with an engine that writes what the real one does. Limit: what that prints.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { ofAnotherUser } from "../../cli/backend";
import { look } from "../../cli/look";
import { type Prepared, prepare } from "../../cli/prepare";
import { Pulumi } from "../../cli/pulumi";

jest.mock("../../tools/setup", () => ({ engine: [], setUp: () => Promise.resolve() }));
jest.mock("../../tools/setup/folders", () => ({
  ...jest.requireActual<object>("../../tools/setup/folders"),
  get project() {
    return process.env["TEST_PROJECT"];
  },
}));

const names = [
  "PATH",
  "PULUMI_BACKEND_URL",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_HOME",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "XDG_DATA_HOME",
  "XDG_CONFIG_HOME",
  "TEST_PROJECT",
];
const before = names.map((name) => [name, process.env[name]] as const);
let folder = "";

/** Keeps a stack as a file in its backend's folder, and a salt and secrets in the stack's file. */
const engine = `#!/bin/sh
backend=\${PULUMI_BACKEND_URL#file://}
[ -d "$backend" ] || { echo "unable to open state directory" >&2; exit 255; }
stack= file=
for word; do
  case $before in --stack) stack=$word ;; --config-file) file=$word ;; esac
  before=$word
done
[ -n "$file" ] || file=Pulumi.$stack.yaml
case "$1 $2" in
  "stack ls") cd "$backend" && for one in *.stack; do [ -e "$one" ] && printf '%s{"name":"%s","resourceCount":9}' "$comma" "\${one%.stack}" && comma=,; done | sed 's/^/[/;s/$/]/' | grep . || echo '[]' ;;
  "stack init") touch "$backend/$3.stack"; echo "encryptionsalt: v1:x" >> "Pulumi.$3.yaml" ;;
  "stack export") cat "$backend/export" 2>/dev/null || echo '{"version":3,"deployment":null}' ;;
  "config --json") echo '{"webstack:target":{"value":"local"}}' ;;
  "config set") echo "  webstack:$4: secure" >> "$file" ;;
  *) echo "no such command: $*" >&2; exit 1 ;;
esac
`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "webstack-looked-"));
  for (const name of names.filter((one) => one !== "PATH")) Reflect.deleteProperty(process.env, name);
  for (const name of ["bin", "project", "data/webstack/state", "config", "elsewhere"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "bin/pulumi"), engine);
  chmodSync(join(folder, "bin/pulumi"), 0o755);
  writeFileSync(join(folder, "project/Pulumi.shop.yaml"), described());
  Object.assign(process.env, {
    PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
    PULUMI_HOME: join(folder, "none"),
    TEST_PROJECT: join(folder, "project"),
    XDG_DATA_HOME: join(folder, "data"),
    XDG_CONFIG_HOME: join(folder, "config"),
  });
  jest.spyOn(console, "log").mockImplementation(() => undefined);
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
  for (const name of names) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, Object.fromEntries(before.filter(([, value]) => value !== undefined)));
});

/** A stack file with what each has to say, and more. */
const described = (more = "") =>
  "config:\n  webstack:target: local\n  webstack:app:\n    name: shop\n    source: shop\n" +
  `  webstack:services:\n    web: {kind: wsgi, module: "shop:app"}\n${more}`;

/** Every file below the folder, with its text. */
const files = () =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .sort()
    .map((name) => [name, statSync(join(folder, name)).isDirectory() ? null : readFileSync(join(folder, name), "utf8")]);

const looked = () => look("shop", ({ config }) => Promise.resolve(config.target));

test("of a stack that was never made leaves its file, the states and the passphrase as they were", async () => {
  const found = files();
  expect(await looked()).toBe("local");
  expect(console.log).toHaveBeenCalledWith("For this preview alone: random values for sshPrivateKey, backupPassword.");
  expect(files()).toEqual(found);
});

test.each([
  ["preview", look],
  ["up", (stack: string, use: (prepared: Prepared) => Promise<string>) => prepare(stack).then(use)],
] as const)("%s of a stack that runs on Debian 12 says what the default replaces, unless its file names an image", async (_, begin) => {
  const manifest = { release: {}, debian: "12" };
  const source = {
    "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
    text: `# hostctl\n# BUNDLE ${JSON.stringify(manifest)}\n`,
  };
  writeFileSync(join(folder, "data/webstack/state/shop.stack"), "");
  writeFileSync(
    join(folder, "data/webstack/state/export"),
    JSON.stringify({
      deployment: {
        resources: [
          {
            urn: "urn:pulumi:shop::webstack::command:remote:CopyToRemote::web-0-bundle",
            type: "command:remote:CopyToRemote",
            inputs: { source },
          },
        ],
      },
    }),
  );
  const said = jest.spyOn(console, "error").mockImplementation(() => undefined);
  await begin("shop", ({ config }) => Promise.resolve(config.target));
  expect(said.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^webstack: host\.image is not named, and its default is debian-13: the host, which runs Debian 12, is replaced; the old one goes first/,
      ),
    ],
  ]);
  said.mockClear();
  writeFileSync(join(folder, "project/Pulumi.shop.yaml"), described("  webstack:host:\n    image: debian-12\n"));
  await begin("shop", ({ config }) => Promise.resolve(config.target));
  expect(said).not.toHaveBeenCalled();
});

test("moves no secret out of a stack's file, which the next up does", async () => {
  writeFileSync(join(folder, "project/Pulumi.shop.yaml"), described("  webstack:TOKEN:\n    secure: v1:x\nencryptionsalt: v1:y\n"));
  writeFileSync(join(folder, "data/webstack/state/shop.stack"), "");
  const found = files();
  expect(await looked()).toBe("local");
  expect(files()).toEqual(found);
});

test("of a stack that this box keeps, while pulumi is logged in elsewhere, says so as the other verbs do", async () => {
  writeFileSync(join(folder, "data/webstack/state/shop.stack"), "");
  expect(await looked()).toBe("local");
  process.env["PULUMI_BACKEND_URL"] = `file://${folder}/elsewhere`;
  await expect(looked()).rejects.toThrow(
    `stack shop is kept on this box, and pulumi is logged in to file://${folder}/elsewhere, which has none of that name; for the ` +
      `one of this box: export PULUMI_BACKEND_URL=file://${folder}/data/webstack/state`,
  );
});

test("of a stack that was moved says where it is", async () => {
  mkdirSync(join(folder, "data/webstack/state/.pulumi/stacks/webstack"), { recursive: true });
  writeFileSync(join(folder, "data/webstack/state/.pulumi/stacks/webstack/shop.moved"), "s3://states\n");
  await expect(looked()).rejects.toThrow("the state of shop was moved to a bucket: export PULUMI_BACKEND_URL='s3://states'");
});

test("of a stack that another user's state has says whose it is, by the salt in its file, and names that state with its passphrase", () => {
  const file = join(folder, "project/Pulumi.shop.yaml");
  const passwd = `ada:x:${statSync(file).uid}:0::/home/ada:/bin/sh\n`;
  expect(ofAnotherUser("shop", passwd)).toBeNull();
  writeFileSync(file, "encryptionsalt: v1:abc\nconfig:\n  webstack:target: local\n");
  expect(ofAnotherUser("shop", passwd)).toBe(
    `${userInfo().username} has no stack shop; Pulumi.shop.yaml, with its secrets, is ada's: run this as ada, or export ` +
      "PULUMI_BACKEND_URL=file:///home/ada/.local/share/webstack/state " +
      "PULUMI_CONFIG_PASSPHRASE_FILE=/home/ada/.config/webstack/passphrase",
  );
  expect([ofAnotherUser("shop", ""), ofAnotherUser("none", passwd)]).toEqual([null, null]);
  process.env["PULUMI_BACKEND_URL"] = "s3://states";
  expect(ofAnotherUser("shop", passwd)).toBeNull();
});

test("where nothing was ever made, a stack is said to have never been brought up, and one that is refused makes neither state nor passphrase", async () => {
  rmSync(join(folder, "data"), { recursive: true });
  await expect(new Pulumi("shop").require()).rejects.toThrow("stack shop was never brought up; npm run up -- shop does that");
  const found = files();
  await expect(new Pulumi("none").ensure()).rejects.toThrow("there is no Pulumi.none.yaml; npm run new -- --name none makes one");
  expect(files()).toEqual(found);
  expect([await new Pulumi("shop").ensure(), await new Pulumi("shop").ensure()]).toEqual([true, false]);
});
