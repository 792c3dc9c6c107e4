import { setCommand } from "../../infra/config/parse";
import type { Problem } from "../../infra/config/problems";
import { sshKeyName } from "../../infra/config/secretNames";
import { budgetNotice, overBudget } from "../../infra/plan/budget";
import { billOf, billsElsewhere, type Bill } from "../../infra/plan/cost";
import type { StackPlan } from "../../infra/plan/plan";
import { isProtected } from "../../infra/plan/protection";
import { keptProblems } from "../../infra/targets/local/kept";
import { evaluate, unknownExceptions, type Finding } from "../../policy/evaluate";
import { rules } from "../../policy/rules";
import { countConnections, type Connections } from "./connections";
import { compareResources, type Step } from "./graph";
import { compareFiles, compareHosts, oneSidedHosts, type FileChange, type HostChange, type OneSided } from "./hosts";
import { firewallDiff, type FirewallDiff } from "./firewallDiff";
import { deployedLabel } from "./deployed";
import { deploymentOf } from "./deployment";
import { emptyState, type DeclaredState } from "./declaredState";
import { judge, type Verdict } from "./verdict";

/** Everything a reviewer is told of a change; plain data, so it is the JSON, too. */
export interface Review {
  readonly stack: string;
  readonly before: string;
  readonly after: string;
  readonly verdict: Verdict;
  /** null where one side could not be declared. */
  readonly steps: readonly Step[] | null;
  readonly hosts: readonly HostChange[];
  readonly files: readonly FileChange[];
  /** Empty where the resources of a side are not known. */
  readonly oneSided: readonly OneSided[];
  readonly openings: FirewallDiff;
  readonly secrets: readonly SecretChange[];
  readonly cost: { readonly before: Bill | null; readonly after: Bill | null; readonly elsewhere: readonly Bill[] };
  readonly connections: { readonly before: Connections | null; readonly after: Connections | null };
  readonly problems: readonly Problem[];
  /** What the rules of policy/ say of the state after the change. */
  readonly findings: readonly Finding[];
  /** What whoever deploys it must know before. */
  readonly deployment: readonly string[];
  /** Secrets that must be set before the next `up`. */
  readonly unset: readonly string[];
  /** What this review could not know. */
  readonly unknown: readonly string[];
}

/** Hashes of the encrypted text; null where it is not set. */
export interface SecretChange {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Compares two states of a stack. `before` is null where there was none. Pure. */
export function reviewChange(stack: string, before: DeclaredState | null, after: DeclaredState): Review {
  const old: DeclaredState = before ?? { ...emptyState, label: "nothing" };
  const steps = old.resources === null || after.resources === null ? null : compareResources(old.resources, after.resources);
  const hosts = compareHosts(old, after);
  const problems = [
    ...after.problems,
    ...newlyUnset(stack, old, after),
    ...keptFrom(old, after),
    ...wrongExceptions(after),
    ...(after.plan === null ? [] : overBudget(after.plan)),
  ];
  return {
    stack,
    before: old.label,
    after: after.label,
    verdict: judge(old, after, { steps, hosts, problems }),
    steps,
    hosts,
    files: compareFiles(old, after, (host) => (steps ?? []).some(({ does, name }) => does === "replace" && name === host)),
    oneSided: steps === null ? [] : oneSidedHosts(old, after),
    // The state of a stack does not hold its plan.
    openings: before !== null && before.plan === null ? { opened: [], closed: [] } : firewallDiff(old.plan, after.plan),
    secrets: compareSecrets(old, after),
    cost: { before: billed(old.plan), after: billed(after.plan), elsewhere: after.plan === null ? [] : billsElsewhere(after.plan) },
    connections: {
      before: old.spec === null ? null : countConnections(old.spec),
      after: after.spec === null ? null : countConnections(after.spec),
    },
    problems,
    findings: findingsOf(after),
    deployment: after.spec === null ? [] : deploymentOf(after.spec),
    unset: after.unset,
    unknown: unknowns(old, after, steps),
  };
}

/** Whether the change may go on as it is. */
export const isRefused = ({ verdict, findings }: Review): boolean =>
  verdict.level === "refused" || verdict.level === "data at risk" || findings.some(({ level }) => level === "mandatory");

function findingsOf({ spec, resources }: DeclaredState): readonly Finding[] {
  if (spec === null || resources === null) return [];
  const seen = resources.map(({ type, name, inputs, options }) => ({ type, name, props: inputs, protect: options.protect }));
  return evaluate(rules, seen, { production: isProtected(spec), exceptions: spec.policy.exceptions });
}

const wrongExceptions = ({ spec }: DeclaredState): readonly Problem[] =>
  spec === null ? [] : unknownExceptions(rules, spec.policy.exceptions);

const billed = (plan: StackPlan | null): Bill | null => (plan === null ? null : billOf(plan));

/** A secret that the change asks for and does not bring is a fault of the change; one that was missing before is a thing to do. */
function newlyUnset(stack: string, before: DeclaredState, after: DeclaredState): readonly Problem[] {
  if (before.spec === null) return [];
  return after.unset
    .filter((name) => !before.unset.includes(name))
    .map((name) => ({ at: name, must: "must be set", hint: setCommand(name, stack) }));
}

/** What `up` says of the machines of its box that keep data, with the hashes of keys for keys. */
function keptFrom(before: DeclaredState, after: DeclaredState): readonly Problem[] {
  if (after.plan?.spec.target !== "local") return [];
  const key = before.hashes[sshKeyName];
  const stood = new Map(
    (before.resources ?? [])
      .filter(({ inputs }) => inputs["keepsData"] === true)
      .map(({ inputs }) => [inputs["name"], { range: String(inputs["range"]), keys: [key ?? ""] }]),
  );
  return keptProblems(after.plan, key === undefined ? undefined : after.hashes[sshKeyName], (name) => stood.get(name));
}

function compareSecrets({ hashes: old }: DeclaredState, { hashes: now }: DeclaredState): readonly SecretChange[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names.filter((name) => old[name] !== now[name]).map((name) => ({ name, from: old[name] ?? null, to: now[name] ?? null }));
}

function unknowns(before: DeclaredState, after: DeclaredState, steps: readonly Step[] | null): readonly string[] {
  const first = before.label === deployedLabel ? [] : before.unset.filter((name) => after.hashes[name] !== undefined);
  return [
    before.label === deployedLabel
      ? "No cloud was asked: this compares the stack's state with a description. What was changed by hand since does not show; the " +
        "environment and the secrets of the state are encrypted and count as unchanged; the cost before and the firewall's openings " +
        "are not known."
      : `No engine and no cloud was asked: this compares two descriptions, "${before.label}" and "${after.label}". What was changed ` +
        "by hand since, or was never brought up, does not show.",
    "Addresses, host keys, passwords and other values that a cloud makes up are taken as unchanged unless their resource is replaced.",
    ...(steps === null
      ? [
          "Resources were not compared: " +
            `${[before, after].flatMap((side) => (side.notBuilt === null ? [] : [`${side.label}: ${side.notBuilt}`])).join("; ")}. ` +
            "The verdict holds for what happens on the hosts alone.",
        ]
      : []),
    ...(first.length === 0
      ? []
      : [
          `What has no value in "${before.label}" counts as set for the first time, before anything ran: ${first.join(", ")}. A ` +
            "value that took the place of another does not show.",
        ]),
    ...(after.plan === null ? [] : [budgetNotice(after.plan)].filter((notice) => notice !== null)),
    ...(Object.keys(after.hashes).length === 0
      ? []
      : ["A secret is compared by its encrypted text: the same value set again looks like a rotation."]),
  ];
}
