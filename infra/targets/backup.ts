import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Secrets } from "../config/load";
import { connectionTo, onHost, type Host } from "./delivery";

/** Makes the host's own SSH key for backups, once. Output: the line of the public key; the private one never leaves the host. */
export function backupKey(host: Host, applied: pulumi.Resource, secrets: Secrets): pulumi.Output<string> {
  const key = new remote.Command(
    `${host.name}-backup-key`,
    { connection: connectionTo(host, secrets), create: "sudo hostctl backup-key", addPreviousOutputInEnv: false },
    { ...onHost(host), dependsOn: applied },
  );
  return key.stdout;
}

/** Where a host's backups go. */
export interface Repository {
  /** restic's name of it. */
  readonly repository: pulumi.Input<string>;
  /** What restic needs beside that, such as AWS_ACCESS_KEY_ID. */
  readonly access: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Tells a host where its backups go, once `ready` is there, and makes the repository there, once. https://restic.readthedocs.io/en/v0.14.0/040_backup.html#environment-variables
 */
export function backupRepository(host: Host, { repository, access }: Repository, ready: pulumi.Resource, secrets: Secrets): remote.Command {
  const settings = { ...access, RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: secrets.backupPassword };
  return new remote.Command(
    `${host.name}-backup-repository`,
    {
      connection: connectionTo(host, secrets),
      create: "sudo hostctl backup-repository",
      stdin: pulumi.secret(pulumi.jsonStringify(settings)),
      addPreviousOutputInEnv: false,
    },
    { ...onHost(host), dependsOn: ready },
  );
}
