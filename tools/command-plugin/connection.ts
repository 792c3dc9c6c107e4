import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { Client, utils, type ClientChannel, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";

import { isProperties, type Properties } from "./values";

/** The connection can never work: no further attempt is made. */
class Refused extends Error {}

/** Connections by the digest of their settings: every command of a host shares one. */
const open = new Map<string, Promise<Client>>();

/**
 * The open connection to a host, or a new one. Failed attempts are repeated after 100 ms, then 1.5 times as long, up to 5 s, until
 * `dialErrorLimit` of them failed (-1 = no limit); a host with another key than `hostKey` is refused at once.
 */
export function connect(settings: Properties): Promise<Client> {
  const key = createHash("sha256").update(JSON.stringify(settings)).digest("hex");
  const existing = open.get(key);
  if (existing) return existing;
  const forget = () => open.delete(key);
  const dialled = dial(settings).then((client) => client.on("close", forget).on("error", forget));
  dialled.catch(forget);
  open.set(key, dialled);
  return dialled;
}

/** Ends every open connection. */
export async function disconnectAll(): Promise<void> {
  await Promise.allSettled([...open.values()].map(async (client) => (await client).end()));
}

async function dial(settings: Properties): Promise<Client> {
  const limit = number(settings["dialErrorLimit"], 10);
  const proxy = settings["proxy"];
  for (let failures = 0, pause = 100; ; pause = Math.min(pause * 1.5, 5000)) {
    try {
      return await attempt(settings, isProperties(proxy) ? proxy : null);
    } catch (error) {
      failures++;
      if (error instanceof Refused || (limit >= 0 && failures > limit)) throw error;
      await sleep(pause);
    }
  }
}

async function attempt(settings: Properties, proxy: Properties | null): Promise<Client> {
  if (!proxy) return handshake(settings, {});
  const bastion = await handshake(proxy, {});
  try {
    const sock = await new Promise<ClientChannel>((resolve, reject) => {
      bastion.forwardOut("127.0.0.1", 0, text(settings["host"]) ?? "", number(settings["port"], 22), (error, stream) => {
        if (error) reject(error);
        else resolve(stream);
      });
    });
    return (await handshake(settings, { sock })).on("close", () => bastion.end());
  } catch (error) {
    bastion.end();
    throw error;
  }
}

function handshake(settings: Properties, through: { readonly sock?: ClientChannel }): Promise<Client> {
  const host = text(settings["host"]) ?? "";
  const port = number(settings["port"], 22);
  const where = `${host}:${port}`;
  return new Promise((resolve, reject) => {
    let refusal: Refused | undefined;
    const client = new Client();
    // Small packets go out at once: a command is a chain of short questions and answers.
    client.once("ready", () => resolve(client.setNoDelay(true)));
    // More than one may come: a reset connection, then the handshake that it breaks. One that nobody hears would end this process.
    client.on("error", (error) => reject(refusal ?? new Error(`ssh: connect to ${where}: ${error.message}`)));
    client.once("close", () => reject(refusal ?? new Error(`ssh: connect to ${where}: connection closed`)));
    try {
      client.connect({
        ...through,
        ...login(settings),
        ...hostCheck(text(settings["hostKey"]), where, (found) => (refusal = found)),
        host,
        port,
        readyTimeout: number(settings["perDialTimeout"], 15) * 1000,
        // A host that went away without a word is noticed after a minute, not after the kernel's two hours.
        keepaliveInterval: 15_000,
        keepaliveCountMax: 4,
      });
    } catch (error) {
      reject(new Refused(`ssh: connect to ${where}: ${(error as Error).message}`));
    }
  });
}

function login(settings: Properties): ConnectConfig {
  const privateKey = text(settings["privateKey"]);
  const passphrase = text(settings["privateKeyPassword"]);
  const password = text(settings["password"]);
  const agent = text(settings["agentSocketPath"]) ?? process.env["SSH_AUTH_SOCK"];
  return {
    username: text(settings["user"]) ?? "root",
    ...(privateKey ? { privateKey } : {}),
    ...(passphrase ? { passphrase } : {}),
    ...(password ? { password } : {}),
    ...(agent ? { agent } : {}),
  };
}

/** Without a key every host is believed, as the real plugin does. */
function hostCheck(expected: string | undefined, where: string, refuse: (refusal: Refused) => void): ConnectConfig {
  if (!expected) return { hostVerifier: () => true };
  const parsed = utils.parseKey(expected);
  if (parsed instanceof Error) throw new Error(`hostKey must be a public key such as "ssh-ed25519 AAAA...": ${parsed.message}`);
  const known = parsed.getPublicSSH();
  return {
    // A host has one key of each type; ask for the one we know.
    algorithms: { serverHostKey: hostKeyAlgorithms(parsed.type) },
    hostVerifier: (offered: Buffer) => {
      if (offered.equals(known)) return true;
      refuse(new Refused(`ssh: host key mismatch: ${where} answered with ${fingerprint(offered)}, expected ${fingerprint(known)}`));
      return false;
    },
  };
}

function hostKeyAlgorithms(type: string): ServerHostKeyAlgorithm[] {
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type as ServerHostKeyAlgorithm];
}

/** As `ssh-keygen -l` prints it. */
function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
