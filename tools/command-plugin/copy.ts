import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path/posix";

import type { Client, SFTPWrapper, Stats } from "ssh2";

import { connect } from "./connection";
import type { Properties, Source } from "./values";

/** https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02#section-7 */
const noSuchFile = 2;

/**
 * Copies a text, a file or a folder to a host. A folder lands inside `remotePath` under its own name, or with its contents only
 * when its path ends with "/"; a file lands inside `remotePath` when that is a folder. Missing parents are made.
 */
export async function copyToRemote(connection: Properties, source: Source, remotePath: string): Promise<void> {
  const sftp = await startSftp(await connect(connection));
  try {
    const remote = new Remote(sftp);
    if (source.kind === "text") await copyText(remote, source.text, remotePath);
    else if (source.kind !== "other") await copyPath(remote, source.path, remotePath);
  } finally {
    sftp.end();
  }
}

async function copyText(remote: Remote, content: string, target: string): Promise<void> {
  if (await remote.isFolder(target)) {
    throw new Error(`remote path ${target} is a directory; when using a text asset, remotePath must be a file path`);
  }
  await remote.makeFolder(dirname(target));
  await remote.write(target, content);
}

async function copyPath(remote: Remote, path: string, target: string): Promise<void> {
  const isFolder = await remote.isFolder(target);
  if ((await stat(path)).isDirectory()) {
    await copyFolder(remote, path, path.endsWith("/") ? target : join(target, basename(path)));
  } else {
    await remote.makeFolder(isFolder ? target : dirname(target));
    await remote.put(path, isFolder ? join(target, basename(path)) : target);
  }
}

async function copyFolder(remote: Remote, path: string, target: string): Promise<void> {
  await remote.makeFolder(target);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const [from, to] = [join(path, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) await copyFolder(remote, from, to);
    else await remote.put(from, to);
  }
}

function startSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) reject(new Error(`failed to start sftp: ${error.message}`));
      else resolve(sftp);
    });
  });
}

/** The few file operations we need, as promises, with errors that name the path. */
class Remote {
  constructor(private readonly sftp: SFTPWrapper) {}

  /** False when nothing is there. */
  async isFolder(path: string): Promise<boolean> {
    return (await this.stat(path))?.isDirectory() ?? false;
  }

  async makeFolder(path: string): Promise<void> {
    const found = await this.stat(path);
    if (found?.isDirectory()) return;
    if (found) throw new Error(`remote path ${path} exists but is not a directory`);
    await this.makeFolder(dirname(path));
    await done(`failed to create remote directory ${path}`, (callback) => this.sftp.mkdir(path, callback));
  }

  put(from: string, to: string): Promise<void> {
    return done(`failed to copy file ${from} to remote path ${to}`, (callback) => this.sftp.fastPut(from, to, callback));
  }

  write(to: string, content: string): Promise<void> {
    return done(`failed to write text content to remote path ${to}`, (callback) => this.sftp.writeFile(to, content, callback));
  }

  private stat(path: string): Promise<Stats | null> {
    return new Promise((resolve, reject) => {
      this.sftp.stat(path, (error, found) => {
        if (!error) resolve(found);
        else if ((error as { code?: unknown }).code === noSuchFile) resolve(null);
        else reject(new Error(`failed to stat remote path ${path}: ${error.message}`));
      });
    });
  }
}

function done(failure: string, start: (callback: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error) reject(new Error(`${failure}: ${error.message}`));
      else resolve();
    });
  });
}
