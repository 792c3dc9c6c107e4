import { Client, utils, type ClientChannel } from "ssh2";
import { patiently } from "./patience";

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
export async function connected<T>(host: SshHost, privateKey: string, use: (client: Client) => Promise<T>, seconds = dialSeconds): Promise<T> {
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

function connect({ address, user, hostKey }: SshHost, privateKey: string, seconds: number): Promise<Client> {
  const parsed = utils.parseKey(hostKey);
  if (parsed instanceof Error) throw new Error(`the host key of ${address} cannot be read: ${parsed.message}`);
  const expected = parsed.getPublicSSH();
  const dial = () =>
    new Promise<Client>((resolve, reject) => {
      const client = new Client();
      const hostVerifier = (key: Buffer) => {
        if (key.equals(expected)) return true;
        reject(new Error(`${address} shows another host key than the one that the stack keeps of it, and was told nothing; look which machine has that address now`));
        return false;
      };
      client.on("ready", () => resolve(client)).on("error", reject);
      client.connect({ ...place(address), username: user, privateKey, hostVerifier, algorithms, readyTimeout: Math.min(seconds, handshakeSeconds) * 1000 });
    });
  return patiently(seconds, dial, (error) => !unanswered.includes((error as { level?: string }).level ?? ""));
}

/** The ed25519 key that a host shows to whoever asks, as `ssh-ed25519 AAAA...`; nobody logs in. Error: it does not answer within ten seconds. */
export function shownKey(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const onKey = (key: Buffer) => {
      resolve(`ssh-ed25519 ${key.toString("base64")}`);
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
