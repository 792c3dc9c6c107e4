import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../../providers/nspawn/resources";
import { suiteOf } from "../../../providers/nspawn/store";
import { debianNames, debians } from "../../config/catalog/debian";
import type { Secrets } from "../../config/load";
import { backupAddress, backupLogin, backupMachineManifest, backupMachineRepository, backupUser } from "../../host/backup";
import type { StackPlan } from "../../plan/plan";
import { backupKey, backupRepository } from "../backup";
import { awaitBoot, deliverBundle, type Host } from "../delivery";
import { backupImage, localMachine } from "./machine";
import { machineName } from "./names";

interface LocalBackup {
  /** Late files of the host that makes the backups: how to reach the machine that keeps them, and its key. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  keepBackupsOf(host: Host, applied: pulumi.Resource): void;
}

/** A machine that keeps the backups, as a bucket does in a cloud. It lets in the one key that the web host made. */
export function localBackup(plan: StackPlan, network: Network, secrets: Secrets): LocalBackup {
  const address = backupAddress(plan);
  // Another Debian would begin without the backups, which no host reads by the machine's programs but SFTP.
  const suite = suiteOf(machineName(plan, "backup-0"));
  const debian = debianNames.find((name) => debians[name].suite === suite) ?? plan.spec.host.debian;
  const machine = localMachine(plan, network, { name: "backup-0", address, debian, image: backupImage(debian), memoryMiB: 512, cpus: 1, keepsData: true }, secrets.sshPublicKey);
  const boot = awaitBoot(machine, secrets);
  return {
    files: {
      "/etc/ssh/ssh_config.d/webstack-backup.conf": backupLogin(address),
      "/etc/webstack/backup-known-hosts": pulumi.interpolate`webstack-backup ${machine.hostKey}\n`,
    },
    keepBackupsOf(host, applied) {
      const key = backupKey(host, applied, secrets);
      const files = { [`/etc/ssh/authorized_keys.d/${backupUser}`]: pulumi.interpolate`restrict ${key}\n` };
      const ready = deliverBundle(machine, backupMachineManifest(plan, debian), { env: {}, files }, secrets, null, boot);
      backupRepository(host, backupMachineRepository, {}, ready, secrets);
    },
  };
}
