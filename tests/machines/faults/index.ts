import { backupTargetDown } from "./backup";
import { authorityDown, certificateExpired } from "./certificate";
import { clockJump } from "./clock";
import { databaseAway, databaseGoneDuringMigrate, databaseStopped } from "./database";
import { diskFull } from "./disk";
import type { Fault } from "./fault";
import { hostctlKilled, powerCut, steps } from "./interrupted";
import { gunicornKilled, machineKilled, nginxAllKilled, nginxHung, nginxKilled, outOfMemory, workerKilled } from "./killed";
import { releaseDuring } from "./longRequests";
import { badMigration, badStaticStep } from "./releases";

/** Every row of the table, in its order. */
export const faults: readonly Fault[] = [
  workerKilled,
  gunicornKilled,
  nginxKilled,
  nginxAllKilled(),
  nginxHung,
  machineKilled,
  outOfMemory,
  diskFull,
  databaseStopped,
  databaseGoneDuringMigrate,
  databaseAway(20),
  databaseAway(120),
  badMigration,
  badStaticStep,
  releaseDuring(36),
  releaseDuring(120),
  certificateExpired,
  authorityDown,
  backupTargetDown,
  clockJump,
  ...steps.map(hostctlKilled),
  ...steps.map(powerCut),
];
