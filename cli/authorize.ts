import { connected, execute } from "../infra/release/ssh";
import type { KeyPair } from "./keyPair";
import { quote } from "../infra/config/quote";
import type { HostOutput } from "./stack";
import { UsageError } from "./terminal";

/** Of hosts that run; one that is about to boot is waited for elsewhere. */
const dialSeconds = 10;

/**
 * Lets another key in on hosts, beside the one that they know, and logs in with it once, so that whoever changes to it is not shut out. No
 * key is in a file of this box.
 * @throws UsageError where a host does not take it, with what is true then
 */
export async function authorize(hosts: readonly HostOutput[], known: string, pair: KeyPair): Promise<void> {
  // Not the file in /etc/ssh, which `hostctl apply` writes as the stack declares it.
  const line = `umask 077 && mkdir -p ~/.ssh && echo ${quote(pair.public)} >> ~/.ssh/authorized_keys`;
  for (const host of hosts) {
    try {
      await succeed(host, known, line);
      await succeed(host, pair.private, "true");
    } catch (error) {
      throw new UsageError(`${host.name} does not take another key, so the stack keeps its own: ${(error as Error).message}`);
    }
  }
}

const succeed = (host: HostOutput, key: string, command: string): Promise<void> =>
  connected(
    host,
    `${key.trimEnd()}\n`,
    async (client) => {
      const channel = await execute(client, command);
      let said = "";
      channel.resume().stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
      const code = await new Promise<number | undefined>((ended) => channel.on("close", ended));
      if (code !== 0) throw new Error(said.trim() || "the connection ended");
    },
    dialSeconds,
  );
