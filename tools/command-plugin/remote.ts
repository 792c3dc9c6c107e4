import type { Client, ClientChannel } from "ssh2";

import { connect } from "./connection";
import { Output, type Ran, type Run } from "./run";
import type { Properties } from "./values";

/** Runs a command on a host. Error: the text of the real plugin, with the exit status and the whole output. */
export async function runRemote(connection: Properties, run: Run): Promise<Ran> {
  const client = await connect(connection);
  await requireEnvironment(client, run.environment);
  const output = new Output(run.log);
  const ended = await execute(client, run.command, { ...run.environment, ...run.previous }, run.stdin, output);
  output.finish();
  if (ended !== null) throw new Error(`${ended}: running ${run.shown}:\n${output.both()}`);
  return output.result();
}

/** Runs a command to its end. Result: null for exit status 0, else what happened. */
function execute(
  client: Client,
  command: string,
  env: Record<string, string>,
  stdin: string | undefined,
  output: Output,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => {
      // Listeners at once, not after an await: a quick command's exit status comes in the same packet as the channel.
      if (error) reject(error);
      else follow(channel, stdin, output, resolve);
    });
  });
}

function follow(channel: ClientChannel, stdin: string | undefined, output: Output, done: (ended: string | null) => void): void {
  let ended: string | null = "connection lost before the command ended";
  channel.on("data", (bytes: Buffer) => output.add("stdout", bytes));
  channel.stderr.on("data", (bytes: Buffer) => output.add("stderr", bytes));
  channel.on("exit", (status: number | null, signal?: string) => {
    ended = status === 0 ? null : status === null ? `Process exited from signal ${signal ?? "?"}` : `Process exited with status ${status}`;
  });
  channel.on("close", () => done(ended));
  // A command that ends without reading its input closes the channel under us; its exit status tells the rest.
  channel.on("error", () => undefined);
  channel.end(stdin ?? "");
}

/**
 * A server takes only the variables that its AcceptEnv names, and drops the others without a word. So we look: a command
 * that would run without its variables must not run.
 */
async function requireEnvironment(client: Client, environment: Readonly<Record<string, string>>): Promise<void> {
  const names = Object.keys(environment);
  if (names.length === 0) return;
  const script = names.map((name) => `printenv '${name}' >/dev/null || echo '${name}'`).join("; ");
  const output = new Output(() => undefined);
  await execute(client, script, { ...environment }, undefined, output);
  const refused = output.result().stdout;
  if (refused !== "") {
    throw new Error(
      `ssh: setenv failed: the server refused ${refused.split("\n").join(", ")}; name it in AcceptEnv of its sshd_config, or write ` +
        "the variable in the command",
    );
  }
}
