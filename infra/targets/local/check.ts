import { bridgeName } from "../../../providers/nspawn/network";
import { checkBox, checkRange } from "../../../providers/nspawn/box";
import { debianNames, isDebian } from "../../config/catalog/debian";
import type { Problem } from "../../config/problems";
import { addressProblems } from "../../plan/addresses";
import { physicalName } from "../../plan/names";
import type { StackPlan } from "../../plan/plan";
import type { Known } from "../target";
import { keptProblems } from "./kept";

/**
 * What a stack may ask for that machines on this box do not have, what this box itself lacks for them, and what those that stand do not
 * allow.
 */
export function check(plan: StackPlan, known?: Known): readonly Problem[] {
  const { spec, labels } = plan;
  const bridge = bridgeName(physicalName("network", labels.project, labels.stack));
  const rules: readonly { at: string; broken: boolean; must: string; got: unknown; hint?: string }[] = [
    {
      at: "host.image",
      broken: !isDebian(spec.host.image),
      must: `must be ${debianNames.join(" or ")} when target is local`,
      got: spec.host.image,
    },
    {
      at: "host.snapshots.every",
      broken: spec.host.snapshots.every !== "never",
      must: 'must be "never" when target is local',
      got: spec.host.snapshots.every,
    },
    {
      at: "protect",
      broken: spec.protect !== "nothing",
      must: 'must be "nothing" when target is local, whose machines are a rehearsal',
      got: spec.protect,
    },
    {
      at: "monitoring.emails",
      broken: spec.monitoring.emails.length > 0 && spec.monitoring.smtp === null,
      must: "must be empty without monitoring.smtp when target is local, which has no service that sends e-mail",
      got: spec.monitoring.emails,
      hint: "add monitoring.smtp",
    },
    {
      at: "network.nat",
      broken: spec.network.nat !== "none",
      must: 'must be "none" when target is local, whose bridge leads out already',
      got: spec.network.nat,
    },
    { at: "network.flowLogs", broken: spec.network.flowLogs, must: "must be false when target is local", got: true },
    { at: "access.sessions", broken: spec.access.sessions, must: "must be false when target is local", got: true, hint: "log in with SSH" },
    ...databaseRules(spec.database),
  ];
  const broken = rules
    .filter((rule) => rule.broken)
    .map(({ at, must, got, hint }) => ({ at, must, got, ...(hint === undefined ? {} : { hint }) }));
  return [
    ...broken,
    ...addressProblems(plan),
    ...[...keptProblems(plan, known?.sshPublicKey), ...checkBox(), ...checkRange(spec.network.range, bridge)].map((problem) => ({
      ...problem,
      ofBox: true as const,
    })),
  ];
}

function databaseRules(database: StackPlan["spec"]["database"]) {
  if (database.kind !== "managed") return [];
  return [
    {
      at: "database.standby",
      broken: database.standby,
      must: "must be false when target is local, which rehearses one database server",
      got: true,
    },
  ];
}
