/**
 * Builds a release and puts its archive into a host's inbox; with no host it only builds. Run by the engine through
 * targets/delivery.ts, so its instructions come as environment variables and the SSH key on standard input:
 *   RELEASE  {"digest", "source", "requirements", "exclude"}    RUNTIME  {"python", "architecture"}
 *   HOST     {"address", "user", "hostKey"}, or unset
 */
import { readFileSync } from "node:fs";
import type { Client, SFTPWrapper } from "ssh2";
import { buildRelease, type Runtime } from "./build";
import { connected, type SshHost } from "./connect";
import { failing } from "./patience";
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

/** Under another name first, so that a broken connection leaves no half archive. An archive that is there stays. */
async function upload(client: Client, archive: string, path: string): Promise<void> {
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) => client.sftp((error, channel) => (error ? reject(error) : resolve(channel))));
  const there = await new Promise<boolean>((resolve) => sftp.stat(path, (error) => resolve(error === undefined || error === null)));
  if (there) return;
  await new Promise<void>((resolve, reject) => sftp.fastPut(archive, `${path}.part`, (error) => (error ? reject(error) : resolve())));
  await new Promise<void>((resolve, reject) => sftp.rename(`${path}.part`, path, (error) => (error ? reject(error) : resolve())));
}

main().catch(failing);
