/**
 * Brings what a host holds that is nowhere else (its certificate, uploaded media, history and kept releases) from the host that serves to
 * the one that shall. Run by the engine through targets/bringUp.ts, with the SSH key on standard input:
 *   HOST  the new host: {"address", "user", "hostKey"}
 *   SITE  the address that leads to the host that serves now
 *   FROM  set after the site's address has moved: the output of the first run; what arrived on the old host since then follows
 *   PULUMI_COMMAND_STDOUT  the output of the run before, set by the engine
 *   BACKUP  1 where the old host makes a last backup first
 *   WEBSTACK_ABANDON  set to 1 by people whose old host is lost: the new one begins without what it held
 * Output: {"from", "known"}: the host that it came from or null, and every host of this stack that was ever given something.
 */
import { readFileSync } from "node:fs";
import type { ClientChannel } from "ssh2";
import { connected, execute, shownKey, type SshHost } from "./ssh";
import { failing, retry } from "./retry";

interface Handover {
  readonly from: SshHost | null;
  readonly known: readonly SshHost[];
}

/** As many as could still be running after failed replacements. */
const kept = 10;

async function main(): Promise<void> {
  const host = JSON.parse(process.env.HOST ?? "null") as SshHost;
  const key = readFileSync(0, "utf8");
  if (process.env.FROM !== undefined) {
    const { from } = JSON.parse(process.env.FROM) as Handover;
    if (from !== null) await stream(from, host, key, "--media");
    return;
  }
  const { known } = JSON.parse(process.env.PULUMI_COMMAND_STDOUT ?? '{"known":[]}') as Handover;
  const from = known.length === 0 ? null : await serving(process.env.SITE ?? "", host, known);
  if (from !== null) {
    if (process.env.BACKUP === "1") await backup(from, key);
    await stream(from, host, key, "--all");
  }
  const others = known.filter(({ hostKey }) => hostKey !== host.hostKey);
  const handover: Handover = { from, known: [...others, host].slice(-kept) };
  process.stdout.write(JSON.stringify(handover));
}

/** Who serves at the site's address; null where that is the new host already, or where people gave the old one up. */
async function serving(site: string, host: SshHost, known: readonly SshHost[]): Promise<SshHost | null> {
  if (process.env.WEBSTACK_ABANDON === "1") return null;
  const way = "to begin without what the old host held, run it with WEBSTACK_ABANDON=1 set and restore the media from a backup afterwards";
  let shown: string;
  try {
    shown = await retry(60, () => shownKey(site));
  } catch (error) {
    throw new Error(
      `the host that serves at ${site} does not answer SSH (${(error as Error).message}), so its certificate and media cannot be ` +
        `brought over; ${way}`,
      { cause: error },
    );
  }
  if (shown === host.hostKey) return null;
  const found = known.find(({ hostKey }) => hostKey === shown);
  if (found === undefined)
    throw new Error(`the machine at ${site} shows a host key that no host of this stack had, and is not trusted; ${way}`);
  return found;
}

/** Of all that the old host keeps, a replacement that goes wrong may lose nothing. */
function backup(from: SshHost, key: string): Promise<void> {
  return connected(from, key, async (client) => {
    const channel = await execute(client, "sudo hostctl backup");
    channel.resume();
    await ended(channel, `${from.address}: hostctl backup`);
  });
}

/** The old host's hostctl writes, the new one's reads. */
function stream(from: SshHost, to: SshHost, key: string, what: "--all" | "--media"): Promise<void> {
  return connected(from, key, (old) =>
    connected(to, key, async (young) => {
      const [source, sink] = await Promise.all([
        execute(old, `sudo hostctl hand-over ${what}`),
        execute(young, `sudo hostctl take-over ${what} --lock-wait 300`),
      ]);
      const ends = [ended(source, `${from.address}: hostctl hand-over`), ended(sink, `${to.address}: hostctl take-over`)];
      sink.resume();
      // Why one of them ended says more than that the pipe broke.
      sink.on("error", () => undefined);
      // A reader that has all it needs may end before the padding of the archive is sent, and a channel closes only once all of it is read.
      sink.once("close", () => source.unpipe(sink).resume());
      source.pipe(sink);
      await Promise.all(ends);
    }),
  );
}

function ended(channel: ClientChannel, what: string): Promise<void> {
  let said = "";
  channel.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
  return new Promise((resolve, reject) => {
    channel.on("close", (code: number | undefined) =>
      code === 0 ? resolve() : reject(new Error(`${what} ended with ${code ?? "no status"}: ${said.trim()}`)),
    );
  });
}

main().catch(failing);
