import type { Problem } from "./problems";
import type { TargetName } from "./spec";
import { isMapping } from "./schema/type";

/** Why a target can do nothing with a key, whatever its value. */
interface Unused {
  /** Completes "must be left out when target is local, ". */
  readonly why: string;
  readonly hint?: string;
}

const noImages = { why: "which keeps no images of machines" };
const noRecords = { why: "which makes no records" };
const noService = { why: "whose database is a machine of the rehearsal" };

/**
 * Keys that a target has no use for. A file that sets one is refused: whoever wrote it relies on something that would never happen. A key
 * of which a target takes some values, such as host.snapshots.every, is judged by the target's check instead.
 */
export const unused: Readonly<Record<TargetName, Readonly<Record<string, Unused>>>> = {
  digitalocean: {
    "site.existingRecords": { why: "where a name may have several records", hint: "delete the old one yourself" },
    "host.cpuCredits": { why: "which has no credits" },
    "backup.batch": { why: "which has no batch service", hint: "the host makes backups by itself" },
  },
  aws: {
    "monitoring.slack": { why: "whose alarms go by e-mail", hint: "alerts of the host go to a webhook by the secret alertWebhook" },
  },
  local: {
    "site.zone": noRecords,
    "site.existingRecords": noRecords,
    "site.caa": noRecords,
    "host.size": { why: "whose machines have any size", hint: "set host.memoryMiB and host.cpus" },
    "host.region": { why: "which is this box" },
    "host.cpuCredits": { why: "which has no credits" },
    "host.snapshots.weekday": noImages,
    "host.snapshots.hour": noImages,
    "host.snapshots.keep": noImages,
    "network.outbound": { why: "which closes no port to the Internet" },
    "database.size": { ...noService, hint: "set database.memoryMiB" },
    "database.storageGiB": noService,
    "database.storageLimitGiB": noService,
    "database.keepDays": { ...noService, hint: "backups are kept by backup.keepDays" },
    "database.maintenance.weekday": noService,
    "database.maintenance.hour": noService,
    "database.restore": { ...noService, hint: "restore a backup with hostctl restore" },
    "backup.batch": { why: "which has no batch service", hint: "the host makes backups by itself" },
    "monitoring.slack": {
      why: "which has no service that tells Slack",
      hint: "alerts of the host go to a webhook by the secret alertWebhook",
    },
    "monitoring.budget": { why: "which costs nothing" },
    "policy.exceptions": { why: "about which there is no rule" },
  },
};

/** What a file sets for nothing; `raw` are its settings as written. A key that is there without a value says nothing. */
export function unusedKeys(raw: Readonly<Record<string, unknown>>, target: TargetName): readonly Problem[] {
  return Object.entries(unused[target]).flatMap(([at, { why, hint }]) => {
    const got =
      at.split(".").reduce<unknown>((value, name) => (isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined), raw) ??
      undefined;
    return got === undefined
      ? []
      : [{ at, must: `must be left out when target is ${target}, ${why}`, got, ...(hint === undefined ? {} : { hint }) }];
  });
}
