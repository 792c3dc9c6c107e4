import type { StackSpec } from "../config/spec";
import { targetDefaults } from "../config/targets";
import type { Group } from "./plan";

/** How many machines the stack has of each role; none where the target brings that as a service. */
export function planGroups({ target, database, backup }: StackSpec): readonly Group[] {
  const brings = targetDefaults[target].services;
  return [
    { role: "web", size: 1 },
    ...(database.kind === "managed" && !brings.includes("database") ? [{ role: "database", size: 1 } as const] : []),
    ...(backup.enabled && !brings.includes("backup") ? [{ role: "backup", size: 1 } as const] : []),
  ];
}
