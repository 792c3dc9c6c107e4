/**
 * Prints the SSH key of a machine that was just made, once it has proved that it is that machine, and waits until it boots. Run by the
 * engine through targets/bringUp.ts, before anything secret is sent:
 *   ADDRESS  the machine's own
 *   PULUMI_COMMAND_STDOUT  the key that the same machine proved before, set by the engine
 * On standard input {"stack", "host", "replacedBy", "user", "token", "privateKey"}: the stack's and the host's name, the resource whose
 * replacement brings another machine, whom to log in as, what the machine was told to prove itself with, and the stack's own key. Neither
 * token nor key is sent.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Client } from "ssh2";
import { execute, introduced, shownKey } from "./ssh";
import { proofOf, proofPath } from "./contact";
import { failing, retry } from "./retry";

/** A cloud's machine takes one or two minutes to boot. */
const seconds = 300;

/** It answers SSH for a moment in which it lets nobody in, see pam_nologin(8). */
const loginSeconds = 60;

/** For the rest of the first boot. */
const proofSeconds = 180;

/** As many characters as an answer may have. */
const longest = 1000;

interface Told {
  /** This and the next: none where the engine kept the input of a machine of before, see bringUp.ts. */
  readonly stack?: string;
  readonly replacedBy?: string;
  readonly host: string;
  readonly user: string;
  readonly token: string;
  readonly privateKey: string;
}

/** Who answers is not the machine that was made. */
class Unproved extends Error {
  constructor(address: string, what: string, { host, replacedBy = host, stack = "STACK" }: Told) {
    const way = "it may be somebody else's machine, and was told nothing secret; look which machine has that address now";
    super(
      `${address} ${what}: ${way}. Where it is ${host} itself, its first boot went wrong, and npm run up -- ${stack} --replace ` +
        `'**::${replacedBy}' makes another`,
    );
  }
}

async function main(): Promise<void> {
  const address = process.env.ADDRESS ?? "";
  const known = process.env.PULUMI_COMMAND_STDOUT ?? "";
  process.stdout.write(await (known === "" ? provedKey(address, JSON.parse(readFileSync(0, "utf8")) as Told) : sameKey(address, known)));
}

/** The key of a machine that nobody has met. */
async function provedKey(address: string, told: Told): Promise<string> {
  const { user, token, privateKey } = told;
  let refusedUntil = Infinity;
  const isFinal = (error: unknown) => {
    if ((error as { level?: string }).level === "client-authentication")
      refusedUntil = Math.min(refusedUntil, Date.now() + loginSeconds * 1000);
    return error instanceof Unproved || Date.now() > refusedUntil;
  };
  const meet = () =>
    introduced({ address, user }, privateKey, async (client, key) => {
      if (isSame(await proofBy(client), proofOf(token, key))) return key;
      throw new Unproved(address, `does not prove its host key ${fingerprint(key)} with the token that ${told.host} was given`, told);
    });
  try {
    return await retry(seconds, meet, isFinal);
  } catch (error) {
    if (error instanceof Unproved) throw error;
    if (Date.now() > refusedUntil) throw new Unproved(address, `has refused the login of ${user} for ${loginSeconds} s`, told);
    throw unanswered(address, error);
  }
}

/** The key of a machine that has proved it, at another address for instance. */
async function sameKey(address: string, known: string): Promise<string> {
  const shown = await retry(seconds, () => shownKey(address)).catch((error: unknown) => {
    throw unanswered(address, error);
  });
  if (shown === known) return known;
  throw new Error(
    `${address} shows host key ${fingerprint(shown)}, not ${fingerprint(known)} of the machine that the stack knows, and was told ` +
      "nothing; look which machine has that address now",
  );
}

const unanswered = (address: string, error: unknown) =>
  new Error(
    `${address} did not answer SSH within ${seconds} s (${(error as Error).message}); look whether access.sshFrom lets this place in`,
    { cause: error },
  );

/**
 * What the other side says for its proof, once its first boot is over; "" for none. It is told nothing but the question, and neither
 * listened to nor waited for without end.
 * @throws when the connection ends before the answer
 */
async function proofBy(client: Client): Promise<string> {
  const channel = await execute(client, `cloud-init status --wait > /dev/null 2>&1; cat ${proofPath}`);
  let said = "";
  channel.stderr.resume();
  channel.on("data", (bytes: Buffer) => {
    said += bytes.toString("latin1");
    if (said.length > longest) client.destroy();
  });
  const late = setTimeout(() => client.destroy(), proofSeconds * 1000);
  const code = await new Promise<number | undefined>((resolve) => channel.on("close", resolve));
  clearTimeout(late);
  if (said.length > longest) return "";
  if (code === undefined) throw new Error(`the connection ended before the first boot did, or that took longer than ${proofSeconds} s`);
  return said.trim();
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

/** As `ssh-keygen -l` prints it. */
function fingerprint(key: string): string {
  return `SHA256:${createHash("sha256")
    .update(Buffer.from(key.split(" ")[1] ?? "", "base64"))
    .digest("base64")
    .replace(/=+$/, "")}`;
}

main().catch(failing);
