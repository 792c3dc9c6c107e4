import { utils, Client } from "ssh2";

/** A host that answers SSH. */
export interface SshHost {
  /** With a port where it is not 22. */
  readonly address: string;
  readonly user: string;
  /** `ssh-ed25519 AAAA...` */
  readonly hostKey: string;
}

const algorithms = { serverHostKey: ["ssh-ed25519" as const] };

/** Logs in. Error: the host shows another key than `hostKey`, or refuses the login. */
export function connect({ address, user, hostKey }: SshHost, privateKey: string): Promise<Client> {
  const parsed = utils.parseKey(hostKey);
  if (parsed instanceof Error) throw new Error(`the host key of ${address} cannot be read: ${parsed.message}`);
  const expected = parsed.getPublicSSH();
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("ready", () => resolve(client)).on("error", reject);
    client.connect({ ...place(address), username: user, privateKey, hostVerifier: (key: Buffer) => key.equals(expected), algorithms });
  });
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
