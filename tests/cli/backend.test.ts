import { existsSync, writeFileSync, mkdtempSync, mkdirSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { join, relative } from "node:path";
import { backendEnvironment, isWrongPassphrase, ownBackend, wrongPassphrase } from "../../cli/backend";
import { stackFileOf } from "../../cli/stackFiles";
import { isLocked, leaveBehind, movedTo } from "../../cli/state/moved";
import { isSameState, isUnfinished, sizeOf } from "../../cli/state/compare";

const names = [
  "PULUMI_BACKEND_URL",
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_HOME",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CONFIG_PASSPHRASE_FILE",
  "XDG_DATA_HOME",
  "XDG_CONFIG_HOME",
];
const before = names.map((name) => [name, process.env[name]] as const);
let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "webstack-backend-"));
  for (const name of names) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, { PULUMI_HOME: home, XDG_DATA_HOME: join(home, "data"), XDG_CONFIG_HOME: join(home, "config") });
});

afterEach(() => {
  rmSync(home, { recursive: true });
  for (const name of names) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, Object.fromEntries(before.filter(([, value]) => value !== undefined)));
});

test("without a backend of the user's own, state and passphrase are in folders of this box", () => {
  expect([ownBackend(), backendEnvironment()]).toEqual([
    "",
    { PULUMI_BACKEND_URL: `file://${home}/data/webstack/state`, PULUMI_CONFIG_PASSPHRASE_FILE: `${home}/config/webstack/passphrase` },
  ]);
});

test("a login elsewhere is the user's own", () => {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "credentials.json"), JSON.stringify({ current: "s3://states" }));
  expect(ownBackend()).toBe("s3://states");
  expect(Object.keys(backendEnvironment())).toEqual(["PULUMI_CONFIG_PASSPHRASE_FILE"]);
});

test("a passphrase that does not open the secrets is said with whose it is", () => {
  const said = [
    "error: incorrect passphrase",
    "error: unable to read PULUMI_CONFIG_PASSPHRASE_FILE: open /x: no such file or directory",
    "error: the stack is locked",
  ];
  expect(said.map(isWrongPassphrase)).toEqual([true, true, false]);
  const me = userInfo().username;
  expect(wrongPassphrase("local", "")).toBe(
    `the secrets of .webstack/Pulumi.local.yaml do not open with the passphrase of ${me} (${home}/config/webstack/passphrase); run ` +
      "this as the user who made the stack",
  );
  const theirs = "PULUMI_CONFIG_PASSPHRASE_FILE=/home/ada/.config/webstack/passphrase";
  // The passphrase alone would open the file for a second stack of that name.
  expect(wrongPassphrase("local", ada("local"))).toMatch(
    /; the file is ada's: run this as ada, or export PULUMI_BACKEND_URL=file:\/\/\/home\/ada\/\.local\/share\/webstack\/state PULUMI_CONFIG_PASSPHRASE_FILE=\/home\/ada\/\.config\/webstack\/passphrase$/,
  );
  // What is root's nobody else can read.
  expect(wrongPassphrase("local", ada("local").replace("ada", "root"), "ada")).toMatch(
    / do not open with the passphrase of ada \(\S+\); the file is root's: run this as root$/,
  );
  process.env["PULUMI_BACKEND_URL"] = "s3://states";
  expect(wrongPassphrase("local", ada("local"))).toMatch(new RegExp(`: run this as ada, or export ${theirs}$`));
});

/** Who owns the file of a stack, as a line of /etc/passwd. */
const ada = (stack: string) => `ada:x:${statSync(stackFileOf(stack)).uid}:0::/home/ada:/bin/sh\n`;

test("the engine asks a bucket of Spaces with the keys of Spaces, by AWS's names, and no other bucket with them", () => {
  const keys = ["AWS_ACCESS_KEY_ID", "SPACES_ACCESS_KEY_ID", "SPACES_SECRET_ACCESS_KEY"].map((name) => [name, process.env[name]] as const);
  try {
    Reflect.deleteProperty(process.env, "AWS_ACCESS_KEY_ID");
    Object.assign(process.env, { SPACES_ACCESS_KEY_ID: "id", SPACES_SECRET_ACCESS_KEY: "secret" });
    const login = (url: string) => backendEnvironment(url)["AWS_ACCESS_KEY_ID"];
    expect([
      login("s3://states?endpoint=https://fra1.digitaloceanspaces.com&region=us-east-1"),
      login("s3://states?region=eu-west-3"),
      login("file:///var/state"),
    ]).toEqual(["id", undefined, undefined]);
    expect([
      login("s3://states?endpoint=https://minio.example"),
      login("s3://states?endpoint=https://fra1.digitaloceanspaces.com.example"),
    ]).toEqual([undefined, undefined]);
    process.env["AWS_ACCESS_KEY_ID"] = "own";
    expect(login("s3://states?endpoint=https://fra1.digitaloceanspaces.com")).toBeUndefined();
  } finally {
    for (const [name, value] of keys) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
});

test("a stack that was moved is known by its folder, however that is written, and its file stays", () => {
  const place = join(home, "states/.pulumi/stacks/webstack");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "shop.json"), "{}");
  const folder = join(home, "states");
  expect([movedTo(folder, "shop"), isLocked(folder, "shop")]).toEqual([null, false]);
  expect(leaveBehind(`${folder}?metadata=skip`, "shop", "s3://states")).toEqual([join(place, "shop.json.before-move")]);
  const fromHome = `~/${relative(homedir(), folder)}`;
  expect([movedTo(folder, "shop"), movedTo(fromHome, "shop"), movedTo(folder, "shop2"), existsSync(join(place, "shop.json"))]).toEqual([
    "s3://states",
    "s3://states",
    null,
    false,
  ]);
  mkdirSync(join(home, "states/.pulumi/locks/organization/webstack/shop"), { recursive: true });
  expect(isLocked(folder, "shop")).toBe(false);
  writeFileSync(join(home, "states/.pulumi/locks/organization/webstack/shop/one.json"), "{}");
  expect(isLocked(folder, "shop")).toBe(true);
});

test("two states are the same where their resources are, whoever wrote them and when", () => {
  const exported = (resources: object[], manifest = {}) => JSON.stringify({ version: 3, deployment: { manifest, resources } });
  const one = exported([{ urn: "a", outputs: { x: 1, y: 2 } }], { time: "2026-11-01" });
  expect([
    isSameState(one, exported([{ urn: "a", outputs: { y: 2, x: 1 } }], { time: "2026-11-02" })),
    isSameState(one, exported([{ urn: "a", outputs: { x: 1 } }])),
    isSameState(one, exported([])),
  ]).toEqual([true, false, false]);
  expect([sizeOf(one), sizeOf('{"version":3,"deployment":null}'), isUnfinished(one)]).toEqual([1, 0, false]);
  expect(isUnfinished('{"deployment":{"pending_operations":[{"type":"creating"}]}}')).toBe(true);
});
