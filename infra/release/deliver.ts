/**
 * Builds a release and puts its archive into a host's inbox; with no host it only builds. Run by the engine through
 * targets/delivery.ts, so its instructions come as environment variables and the SSH key on standard input:
 *   RELEASE  {"digest", "source", "requirements", "exclude"}    RUNTIME  {"python", "architecture"}
 *   HOST     {"address", "user", "hostKey"}, or unset
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Client, SFTPWrapper } from "ssh2";
import { buildRelease, type Runtime } from "./build";
import { connected, type SshHost } from "./ssh";
import { failing } from "./retry";
import type { Release } from "./release";

const inbox = "/var/lib/webstack/inbox";

async function main(): Promise<void> {
  const release = JSON.parse(process.env.RELEASE ?? "null") as Release;
  const runtime = JSON.parse(process.env.RUNTIME ?? "null") as Runtime;
  const host = JSON.parse(process.env.HOST ?? "null") as SshHost | null;
  const archive = await buildRelease(release, runtime);
  if (host === null) return;
  await connected(host, readFileSync(0, "utf8"), (client) => upload(client, archive, `${inbox}/${release.digest}.tar.gz`));
}

/**
 * Under another name until it is on the disk, so that neither a broken connection nor a power cut leaves half an archive. One that is there
 * as it must be stays.
 */
async function upload(client: Client, archive: string, path: string): Promise<void> {
  const wanted = createHash("sha256").update(readFileSync(archive)).digest("hex");
  if ((await status(client, `echo '${wanted}  ${path}' | sha256sum --check --status`)) === 0) return;
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
    client.sftp((error, channel) => (error ? reject(error) : resolve(channel))),
  );
  await new Promise<void>((resolve, reject) => sftp.fastPut(archive, `${path}.part`, (error) => (error ? reject(error) : resolve())));
  const named = await status(client, `sync '${path}.part' && mv '${path}.part' '${path}' && sync '${inbox}'`);
  if (named !== 0) throw new Error(`${path}: could not be put in its place; ended with ${named ?? "no status"}`);
}

/** What a command ends with; null where a signal or a broken connection ends it. */
function status(client: Client, command: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error !== undefined) return reject(error);
      channel.on("close", (code: number | null | undefined) => resolve(code ?? null)).resume();
      channel.stderr.resume();
    });
  });
}

main().catch(failing);
