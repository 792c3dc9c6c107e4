import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../../providers/nspawn/resources";
import { suiteOf } from "../../../providers/nspawn/store";
import { debianNames, debians } from "../../config/catalog/debian";
import type { Secrets } from "../../config/load";
import type { HostFiles } from "../../host";
import { backupLogin, backupMachineRepository, backupUser } from "../../host/features/backupStore";
import { chosenAddress } from "../../plan/addresses";
import type { HostPlan, StackPlan } from "../../plan/plan";
import { backupKey, backupRepository } from "../backup";
import { awaitBoot, deliverBundle, type Host } from "../delivery";
import { localMachine } from "./machine";
import { machineName } from "./names";

interface LocalBackup {
  /** Late files of the host that makes the backups: how to reach the machine that keeps them, and its key. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  keepBackupsOf(host: Host, applied: pulumi.Resource): void;
}

/** A machine that keeps the backups, as a bucket does in a cloud. It lets in the one key that the web host made. */
export function localBackup(plan: StackPlan, planned: HostPlan, files: HostFiles, network: Network, secrets: Secrets): LocalBackup {
  const host = asItStands(plan, planned);
  const address = chosenAddress(host);
  const machine = localMachine(plan, network, { ...host, address, memoryMiB: 512, cpus: 1, keepsData: true }, secrets.sshPublicKey);
  const boot = awaitBoot(machine, secrets);
  return {
    files: {
      "/etc/ssh/ssh_config.d/webstack-backup.conf": backupLogin(address),
      "/etc/webstack/backup-known-hosts": pulumi.interpolate`webstack-backup ${machine.hostKey}\n`,
    },
    keepBackupsOf(keeper, applied) {
      const key = backupKey(keeper, applied, secrets);
      const late = { env: {}, files: { [`/etc/ssh/authorized_keys.d/${backupUser}`]: pulumi.interpolate`restrict ${key}\n` } };
      const ready = deliverBundle(machine, { manifest: files.of(host), late, secrets, archive: null, boot });
      backupRepository(keeper, { repository: backupMachineRepository, access: {} }, ready, secrets);
    },
  };
}

/** Another Debian would begin without the backups, which no host reads by the machine's programs but SFTP. */
function asItStands(plan: StackPlan, planned: HostPlan): HostPlan {
  const suite = suiteOf(machineName(plan, planned.name));
  const debian = debianNames.find((name) => debians[name].suite === suite) ?? planned.debian;
  return debian === planned.debian ? planned : { ...planned, debian };
}
