import { backupStore, backupUser } from "../features/backupStore";
import { every } from "./every";
import { noApp, type Role } from "./role";

/** A machine that keeps backups, as a bucket does in a cloud. */
export const backup: Role = { features: [...every, backupStore], app: () => noApp(backupUser) };
