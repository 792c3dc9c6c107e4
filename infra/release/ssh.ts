import { Client, utils, type ClientChannel } from "ssh2";
import { retry } from "./retry";

/** A host that answers SSH. */
export interface SshHost {
  /** With a port where it is not 22. */
  readonly address: string;
  readonly user: string;
  /** `ssh-ed25519 AAAA...` */
  readonly hostKey: string;
}

const algorithms = { serverHostKey: ["ssh-ed25519" as const] };

/** A host refuses connections for a moment whenever its SSH server reads its settings anew, as it does in the first minute of its life. */
const dialSeconds = 60;

/** For one try, unless there is less time than that. */
const handshakeSeconds = 20;

/** What becomes of a connection without a word from the host: https://github.com/mscdex/ssh2/blob/master/lib/client.js */
const unanswered = ["client-socket", "client-timeout", "protocol"];

/**
 * Logs in, with `seconds` of patience, and ends the connection once `use` is through with it, however that ends.
 * Error at once: the host shows another key than `hostKey`, or refuses the login.
 */
export async function connected<T>(
  host: SshHost,
  privateKey: string,
  use: (client: Client) => Promise<T>,
  seconds = dialSeconds,
): Promise<T> {
  const client = await connect(host, privateKey, seconds);
  try {
    return await use(client);
  } finally {
    client.end();
  }
}

/** Starts a command. Its output must be read, all of it, for the channel to close. */
export const execute = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) => client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error))));

function connect(host: SshHost, privateKey: string, seconds: number): Promise<Client> {
  const { address, hostKey } = host;
  const parsed = utils.parseKey(hostKey);
  if (parsed instanceof Error) throw new Error(`the host key of ${address} cannot be read: ${parsed.message}`);
  const expected = parsed.getPublicSSH();
  const refusal = (key: Buffer) =>
    key.equals(expected)
      ? null
      : new Error(
          `${address} shows another host key than the one that the stack keeps of it, and was told nothing; look which machine has ` +
            "that address now",
        );
  const isFinal = (error: unknown) => !unanswered.includes((error as { level?: string }).level ?? "");
  return retry(seconds, () => dial(host, privateKey, Math.min(seconds, handshakeSeconds), refusal), isFinal);
}

/**
 * Logs in once to whoever answers, and ends the connection once `use` is through with it. For a machine that has proved nothing yet, so
 * nothing secret may be said: the login itself gives nothing away, since what it signs is of this connection alone.
 * https://www.rfc-editor.org/rfc/rfc4252#section-7
 */
export async function introduced<T>(
  place: Omit<SshHost, "hostKey">,
  privateKey: string,
  use: (client: Client, shownKey: string) => Promise<T>,
): Promise<T> {
  let shown = "";
  const client = await dial(place, privateKey, handshakeSeconds, (key) => {
    shown = textOf(key);
    return null;
  });
  try {
    return await use(client, shown);
  } finally {
    client.end();
  }
}

/** One try to log in. `refusal` says why the key that a host shows is not accepted; null where it is. */
function dial(
  { address, user }: Omit<SshHost, "hostKey">,
  privateKey: string,
  seconds: number,
  refusal: (key: Buffer) => Error | null,
): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const hostVerifier = (key: Buffer) => {
      const refused = refusal(key);
      if (refused !== null) reject(refused);
      return refused === null;
    };
    const onClose = () => reject(Object.assign(new Error(`${address} closed the connection`), { level: "client-socket" }));
    client
      .on("ready", () => resolve(client))
      .on("error", reject)
      .on("close", onClose);
    client.connect({ ...place(address), username: user, privateKey, hostVerifier, algorithms, readyTimeout: seconds * 1000 });
  });
}

const textOf = (key: Buffer): string => `ssh-ed25519 ${key.toString("base64")}`;

/**
 * The ed25519 key that a host shows to whoever asks, as `ssh-ed25519 AAAA...`; nobody logs in. Error: it does not answer within ten
 * seconds.
 */
export function shownKey(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const onKey = (key: Buffer) => {
      resolve(textOf(key));
      return false;
    };
    client.on("error", reject).on("close", () => reject(new Error(`${address} closed the connection`)));
    client.connect({ ...place(address), username: "nobody", readyTimeout: 10_000, hostVerifier: onKey, algorithms });
  });
}

function place(address: string): { host: string; port: number } {
  const { hostname, port } = new URL(`ssh://${address}`);
  return { host: hostname, port: port === "" ? 22 : Number(port) };
}
