import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { nearest } from "../infra/config/schema/nearest";
import { sshKeyName } from "../infra/config/secretNames";
import { Failed } from "../tools/setup/process";
import type { Pulumi } from "./pulumi";
import type { HostOutput } from "./stack";
import { secretsFileOf } from "./stackFiles";
import { UsageError } from "./terminal";

/** Lends the stack's SSH key and the known keys of its hosts to `use`, in files that are gone afterwards. */
export async function withLogin<Result>(
  pulumi: Pulumi,
  hosts: readonly HostOutput[],
  use: (sshArguments: (host: HostOutput) => string[]) => Promise<Result>,
): Promise<Result> {
  const privateKey = await pulumi.capture(["config", "get", sshKeyName]).catch((error: unknown) => {
    if (!(error instanceof Failed) || !error.message.includes(`configuration key '${sshKeyName}' not found`)) throw error;
    throw new UsageError(
      `${secretsFileOf(pulumi.stack)} has lost ${sshKeyName}, without which no host lets anybody in; npm run secret -- ` +
        `${pulumi.stack} recover takes it from the state`,
    );
  });
  // Made with mode 0700.
  const folder = mkdtempSync(join(tmpdir(), "webstack-"));
  try {
    writeFileSync(join(folder, "key"), `${privateKey.trimEnd()}\n`, { mode: 0o600 });
    writeFileSync(join(folder, "known_hosts"), knownHosts(hosts), { mode: 0o600 });
    return await use((host) => sshArguments(folder, host));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A terminal for a command on a host where there is one here: it may ask something. */
export const terminalWord = (): readonly string[] => (process.stdin.isTTY && process.stdout.isTTY ? ["-t"] : []);

/** sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */
export function knownHosts(hosts: readonly HostOutput[]): string {
  return hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join("");
}

/** Nothing of the user's own SSH settings takes part, and an unknown host key is refused. */
function sshArguments(folder: string, { user, address }: HostOutput): string[] {
  const options = [
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${join(folder, "known_hosts")}`,
    "GlobalKnownHostsFile=/dev/null",
    "IdentitiesOnly=yes",
    "ConnectTimeout=10",
    // A second later once more: while an SSH server reads its settings anew it refuses everybody.
    "ConnectionAttempts=2",
    "LogLevel=ERROR",
  ];
  return ["-F", "none", "-i", join(folder, "key"), ...options.flatMap((option) => ["-o", option]), `${user}@${address}`];
}

/** The host of that name, or the first one. @throws UsageError where there is none of that name, with those there are */
export function chooseHost(hosts: readonly HostOutput[], name: string | undefined, stack: string): HostOutput {
  const host = name === undefined ? hosts[0] : hosts.find((candidate) => candidate.name === name);
  if (host !== undefined) return host;
  const names = hosts.map((candidate) => candidate.name);
  const near = name === undefined ? undefined : nearest(name, names);
  throw new UsageError(
    `"${name ?? ""}" is no host of the stack ${stack}, which has ${names.join(", ")}, and no ` +
      `stack${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}
