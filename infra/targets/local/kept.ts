import { dirname } from "node:path";
import { type Standing, standing } from "../../../providers/nspawn/standing";
import { folderOf } from "../../../providers/nspawn/store";
import type { Problem } from "../../config/problems";
import { sshKeyName } from "../../config/secretNames";
import { databaseMachines } from "../../plan/databaseServer";
import { hostsOf } from "../../plan/hosts";
import type { StackPlan } from "../../plan/plan";
import { machineName } from "./names";

/** Machines of a stack whose disks hold what exists nowhere else. */
const keepers = ["backup-0", ...databaseMachines] as const;

/**
 * What cannot change while machines that keep data stand: it would make them anew, delete them, or shut the stack out of them. Said before
 * the engine begins, since on this box the old machine goes before the new one comes, what the engine does first nobody chooses, and nobody
 * is asked.
 * @param sshPublicKey as among the keys of what stands; undefined where it is not known
 * @param look what stands under a name of the box; undefined for nothing
 */
export function keptProblems(
  plan: StackPlan,
  sshPublicKey: string | undefined,
  look: (name: string) => Standing | undefined = standing,
): readonly Problem[] {
  const { stack, network } = plan.spec;
  const kept = keepers.flatMap((name) => {
    const found = look(machineName(plan, name));
    return found === undefined ? [] : [{ name, ...found }];
  });
  const elsewhere = kept.filter(({ range }) => range !== network.range);
  const closed = kept.filter(({ keys }) => sshPublicKey !== undefined && !keys.includes(sshPublicKey));
  // One of a database that is somebody else's by now goes once the site serves from that: docs/external-database.md.
  const leaving = kept.filter(({ name }) => (name === "backup-0" ? hostsOf(plan, "backup").length === 0 : plan.database.kind === "none"));
  return [
    ...leavingProblems(
      plan,
      leaving.map(({ name }) => name),
    ),
    ...rangeProblems(stack, network.range, elsewhere),
    ...keyProblems(
      stack,
      closed.map(({ name }) => name),
    ),
  ];
}

function leavingProblems(plan: StackPlan, leaving: readonly string[]): readonly Problem[] {
  if (leaving.length === 0) return [];
  const off =
    plan.database.kind === "none"
      ? { at: "database.kind", stay: "not become none", got: "none" }
      : { at: "backup.enabled", stay: "stay true", got: false };
  const folders = leaving.map((name) => folderOf(machineName(plan, name)));
  const above = dirname(dirname(folders[0] ?? ""));
  const hint = `to let them go, put them aside first, which keeps them: sudo mv ${folders.join(" ")} ${above}/`;
  return [{ at: off.at, must: `must ${off.stay}: the data of ${list(leaving)} would go with it`, got: off.got, hint }];
}

function rangeProblems(stack: string, got: string, kept: readonly (Standing & { readonly name: string })[]): readonly Problem[] {
  const [first] = kept;
  if (first === undefined) return [];
  const must = `must stay ${first.range}: the data of ${list(kept.map(({ name }) => name))} would go with it`;
  return [{ at: "network.range", must, got, hint: `write range: ${first.range}, or ${giveUp(stack)}` }];
}

function keyProblems(stack: string, closed: readonly string[]): readonly Problem[] {
  if (closed.length === 0) return [];
  const hint =
    `npm run secret -- ${stack} unset ${sshKeyName}, and npm run up -- ${stack} takes that one from the state; or ` + giveUp(stack);
  return [{ at: sshKeyName, must: `must be the one that opens ${list(closed)}: with another one nobody reaches the data there`, hint }];
}

const giveUp = (stack: string): string => `give the data up first: npm run down -- ${stack}`;

const list = (names: readonly string[]): string => names.join(" and ");
