import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../../providers/nspawn/resources";
import type { Secrets } from "../../config/load";
import { backupAddress, backupLogin, backupMachineManifest, backupMachineRepository, backupUser } from "../../host/backup";
import type { StackPlan } from "../../plan/plan";
import { backupKey, backupRepository } from "../backup";
import { awaitBoot, deliverBundle, type Host } from "../delivery";
import { backupImage, localMachine } from "./machine";

interface LocalBackup {
  /** Late files of the host that makes the backups: how to reach the machine that keeps them, and its key. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  keepBackupsOf(host: Host, applied: pulumi.Resource): void;
}

/** A machine that keeps the backups, as a bucket does in a cloud. It lets in the one key that the web host made. */
export function localBackup(plan: StackPlan, network: Network, secrets: Secrets): LocalBackup {
  const address = backupAddress(plan);
  const machine = localMachine(plan, network, "backup-0", address, backupImage(plan.spec.host.debian), { memoryMiB: 512, cpus: 1 }, secrets.sshPublicKey, true);
  const boot = awaitBoot(machine, secrets);
  return {
    files: {
      "/etc/ssh/ssh_config.d/webstack-backup.conf": backupLogin(address),
      "/etc/webstack/backup-known-hosts": pulumi.interpolate`webstack-backup ${machine.hostKey}\n`,
    },
    keepBackupsOf(host, applied) {
      const key = backupKey(host, applied, secrets);
      const files = { [`/etc/ssh/authorized_keys.d/${backupUser}`]: pulumi.interpolate`restrict ${key}\n` };
      const ready = deliverBundle(machine, backupMachineManifest(plan), { env: {}, files }, secrets, null, boot);
      backupRepository(host, backupMachineRepository, {}, ready, secrets);
    },
  };
}
