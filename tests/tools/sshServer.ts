/** A small SSH server on 127.0.0.1: runs commands with /bin/sh, serves files by sftp-server's own program. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { Server, utils, type ServerChannel } from "ssh2";
import { keyPair } from "./sshKey";

export interface SshServer {
  readonly port: number;
  /** Public host key, "ssh-ed25519 AAAA...". */
  readonly hostKey: string;
  /** Private key that user "deploy" logs in with. */
  readonly privateKey: string;
  /** Connections accepted so far. */
  connections(): number;
  stop(): Promise<void>;
}

/**
 * `acceptEnv` names the variables that sessions take, as in sshd_config; `home` is the user's folder, whose authorized_keys let more keys
 * in.
 */
export async function startSshServer(acceptEnv: readonly string[], port = 0, home = "/dev/null"): Promise<SshServer> {
  const host = keyPair();
  const user = keyPair();
  const authorized = join(home, ".ssh/authorized_keys");
  const letIn = () =>
    [user.public, ...(existsSync(authorized) ? readFileSync(authorized, "utf8").trim().split("\n") : [])].flatMap((line) => {
      const key = utils.parseKey(line);
      return key instanceof Error ? [] : [key];
    });
  let connections = 0;
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    connections++;
    client.on("error", () => undefined);
    client.on("authentication", (login) => {
      const known =
        login.method === "publickey" &&
        login.username === "deploy" &&
        letIn().some(
          (key) =>
            login.key.data.equals(key.getPublicSSH()) &&
            (!login.signature || !login.blob || key.verify(login.blob, login.signature, login.hashAlgo) === true),
        );
      if (known) login.accept();
      else login.reject(["publickey"]);
    });
    client.on("session", (accept) => {
      const session = accept();
      const env: Record<string, string> = {};
      session.on("env", (acceptEnvironment, _reject, { key, val }) => {
        if (acceptEnv.includes(key)) env[key] = val;
        acceptEnvironment?.();
      });
      session.on("exec", (acceptExec, _reject, { command }) => run(acceptExec(), "/bin/sh", ["-c", command], { HOME: home, ...env }));
      session.on("subsystem", (acceptSubsystem, reject, { name }) => {
        if (name === "sftp") run(acceptSubsystem() as ServerChannel, "/usr/lib/openssh/sftp-server", [], {});
        else reject();
      });
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: host.public.trim(),
    privateKey: user.private,
    connections: () => connections,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function run(channel: ServerChannel, program: string, args: readonly string[], env: Record<string, string>): void {
  const child = spawn(program, args, { env: { PATH: process.env["PATH"], ...env } });
  channel.pipe(child.stdin).on("error", () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("close", (status) => {
    channel.exit(status ?? 1);
    channel.end();
  });
}
