import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join, relative } from "node:path";

import { quote } from "../infra/config/quote";
import { configFolder, dataFolder, project } from "../tools/setup/folders";
import { privateFileOf, readStack, secretsFileOf, stackFileOf } from "./stackFiles";

/** Where stacks of a user without a backend are kept. */
export const stateFolder = (): string => join(dataFolder(), "state");

export const stateUrl = (): string => `file://${stateFolder()}`;

const passphraseFile = (): string => join(configFolder(), "passphrase");

/** The user's own backend, by its URL where that is known; "" where there is none. */
export function ownBackend(): string {
  return process.env["PULUMI_BACKEND_URL"] ?? (process.env["PULUMI_ACCESS_TOKEN"] === undefined ? login() : "https://api.pulumi.com");
}

/**
 * "file:///var/state" is the folder /var/state, "file://~" the home; null for a backend that is no folder.
 * https://www.pulumi.com/docs/iac/concepts/state-and-backends/#local-filesystem
 */
export function folderOf(backend: string): string | null {
  return backend.startsWith("file://") ? backend.slice("file://".length) : null;
}

/** Where `pulumi login` has been; "" when nowhere. */
function login(): string {
  const file = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "credentials.json");
  if (!existsSync(file)) return "";
  return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current ?? "";
}

/**
 * Says pulumi where stacks are and what opens them, as far as the user has nothing of that. A passphrase is used by stacks that are
 * encrypted with one, and by no other. `backend`: the URL of another one than the user's.
 */
export function backendEnvironment(backend?: string): Readonly<Record<string, string>> {
  const url = backend ?? (ownBackend() === "" ? stateUrl() : null);
  return {
    ...(url === null ? {} : { PULUMI_BACKEND_URL: url }),
    ...spacesLogin(url ?? ownBackend()),
    ...(ownPassphrase() ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile() }),
  };
}

/** A bucket of Spaces is asked by AWS's own SDK, which knows the keys by its own names. */
function spacesLogin(url: string): Readonly<Record<string, string>> {
  const { AWS_ACCESS_KEY_ID, SPACES_ACCESS_KEY_ID, SPACES_SECRET_ACCESS_KEY, SPACES_ENDPOINT_URL } = process.env;
  if (AWS_ACCESS_KEY_ID !== undefined || SPACES_ACCESS_KEY_ID === undefined || SPACES_SECRET_ACCESS_KEY === undefined) return {};
  const endpoint = /^s3:[^?]*\?(?:.*&)?endpoint=([^&]+)/.exec(url)?.[1] ?? "";
  if (!/^(https:\/\/)?([a-z0-9-]+\.)+digitaloceanspaces\.com$/.test(endpoint) && (endpoint === "" || endpoint !== SPACES_ENDPOINT_URL))
    return {};
  return { AWS_ACCESS_KEY_ID: SPACES_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: SPACES_SECRET_ACCESS_KEY };
}

function ownPassphrase(): boolean {
  return process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || Boolean(process.env["PULUMI_CONFIG_PASSPHRASE_FILE"]);
}

/** Whether there is a passphrase already. */
export const hasPassphrase = (): boolean => ownPassphrase() || existsSync(passphraseFile());

/** Makes that, where it is not there yet. */
export function makeBackend(): void {
  if (ownBackend() === "") mkdirSync(stateFolder(), { recursive: true, mode: 0o700 });
  if (hasPassphrase()) return;
  mkdirSync(configFolder(), { recursive: true, mode: 0o700 });
  writeFileSync(passphraseFile(), `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  console.log(`Made ${passphraseFile()}: it opens the secrets of your stacks on this box, so keep it.`);
}

/** Whether pulumi refused the passphrase, by what it printed. */
export const isWrongPassphrase = (said: string): boolean => /incorrect passphrase|unable to read PULUMI_CONFIG_PASSPHRASE_FILE/.test(said);

/**
 * Whose passphrase opens the secrets of a stack and whose was tried, in a line. `passwd`: the text of /etc/passwd, `user`: who runs this.
 */
export function wrongPassphrase(stack: string, passwd = readFileSync("/etc/passwd", "utf8"), user = userInfo().username): string {
  const file = secretsFileOf(stack);
  const tried =
    process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined
      ? "PULUMI_CONFIG_PASSPHRASE"
      : (process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? passphraseFile());
  const owner = otherOwner(fileWithSecrets(stack), passwd, user);
  return (
    `the secrets of ${file} do not open with the passphrase of ${user} (${tried}); ` +
    `${owner === null ? "run this as the user who made the stack" : `the file is ${owner.name}'s: ${asThem(owner)}`}`
  );
}

/**
 * Whose a stack is that this user's own state has not, in a line: its file has what opens secrets, and is another user's of this box. null
 * where that is not so, or the user says where stacks are. `passwd`: as above.
 */
export function ofAnotherUser(stack: string, passwd = readFileSync("/etc/passwd", "utf8"), user = userInfo().username): string | null {
  const described = stackFileOf(stack);
  if (!existsSync(described) || readStack(stack).opener.salt === "") return null;
  const file = fileWithSecrets(stack);
  const owner = ownBackend() === "" ? otherOwner(file, passwd, user) : null;
  if (owner === null) return null;
  return `${user} has no stack ${stack}; ${relative(project, file)}, with its secrets, is ${owner.name}'s: ${asThem(owner)}`;
}

const fileWithSecrets = (stack: string): string => (existsSync(privateFileOf(stack)) ? privateFileOf(stack) : stackFileOf(stack));

interface Owner {
  readonly name: string;
  readonly home: string;
}

/** A passphrase alone would open the secrets for a second stack of that name, in the state of who runs this. */
function asThem({ name, home }: Owner): string {
  // Nobody else can read there.
  if (name === "root") return "run this as root";
  const state = ownBackend() === "" ? `PULUMI_BACKEND_URL=${quote(`file://${home}/.local/share/webstack/state`)} ` : "";
  return `run this as ${name}, or export ${state}PULUMI_CONFIG_PASSPHRASE_FILE=${quote(`${home}/.config/webstack/passphrase`)}`;
}

/** null where the file is the user's own, or nobody's that the box knows. */
function otherOwner(file: string, passwd: string, user: string): Owner | null {
  const owner = existsSync(file) ? homeOf(statSync(file).uid, passwd) : undefined;
  return owner === undefined || owner.name === user ? null : owner;
}

function homeOf(uid: number, passwd: string): Owner | undefined {
  const [name, , , , , home] =
    passwd
      .split("\n")
      .map((line) => line.split(":"))
      .find((fields) => fields[2] === String(uid)) ?? [];
  return name === undefined || home === undefined ? undefined : { name, home };
}
