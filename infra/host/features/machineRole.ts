import type { Feature } from "../feature";
import { file } from "../manifest";
import { verbatim } from "../render";
import { backupUnits } from "./backup";

/** Backups log in to their bucket as the machine, by what the cloud's metadata service tells it. */
export const machineRole: Feature = ({ needs, spec: { backup } }) => {
  if (!needs.includes("machineRole") || !backup.enabled) return {};
  return {
    files: backupUnits.map((unit) => file(`/etc/systemd/system/${unit}.service.d/metadata.conf`, verbatim("systemd/metadata.conf"))),
  };
};
