import { isDeepStrictEqual } from "node:util";
import { kindOf, reasonOf, type Role } from "./resourceRoles";
import { isUnknown } from "./placeholder";
import type { Recorded } from "./declaredState";

/** What happens to one resource. */
export interface Step {
  readonly does: "create" | "update" | "replace" | "delete";
  readonly type: string;
  readonly name: string;
  readonly role: Role;
  readonly changes: readonly InputChange[];
  /** Why it is replaced, in words; empty otherwise. */
  readonly because: readonly string[];
  /** Of a replacement: the old one goes first. */
  readonly deletesFirst: boolean;
  /** The engine refuses to delete it. */
  readonly isProtected: boolean;
}

export interface InputChange {
  readonly input: string;
  /** Short values as text; null where they are long or not there. */
  readonly from: string | null;
  readonly to: string | null;
}

const keyOf = ({ type, name }: Recorded): string => `${type} ${name}`;

/**
 * What an engine would do to get from one set of resources to the other: a change of an input updates a resource, or replaces it where
 * its kind says so; what depends on an output of a replaced one changes with it. In the order of the names.
 */
export function compareResources(before: readonly Recorded[], after: readonly Recorded[]): readonly Step[] {
  const olds = new Map(before.map((resource) => [keyOf(resource), resource]));
  const news = new Map(after.map((resource) => [keyOf(resource), resource]));
  const steps = new Map<string, Step>();
  for (const [key, old] of olds) if (!news.has(key)) steps.set(key, step("delete", old, []));
  for (const [key, now] of news) {
    const old = olds.get(key);
    if (old === undefined) steps.set(key, step("create", now, []));
    else {
      const changed = changedInputs(old, now);
      if (changed.length > 0 || isTriggered(old, now)) steps.set(key, change(old, now, changed));
    }
  }
  follow(news, steps);
  return [...steps.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.type < b.type ? -1 : 1));
}

/** Lets replacements spread: an output of a replaced resource is a new value wherever it goes. */
function follow(news: ReadonlyMap<string, Recorded>, steps: Map<string, Step>): void {
  for (let count = -1; count !== replacedNames(steps).size;) {
    count = replacedNames(steps).size;
    const moved = replacedNames(steps);
    for (const [key, now] of news) {
      const known = steps.get(key);
      if (known !== undefined && known.does !== "update") continue;
      const fed = Object.entries(now.feeds)
        .filter(([input]) => !now.options.ignoreChanges.includes(input))
        .flatMap(([input, names]) => {
          const source = names.find((name) => moved.has(name));
          return source === undefined ? [] : [{ input, source }];
        });
      const replacing = fed.filter(({ input }) => replaceKeys(now).includes(input));
      const changes = [
        ...(known?.changes ?? []),
        ...fed
          .filter(({ input }) => known?.changes.every((had) => had.input !== input) ?? true)
          .map(({ input, source }) => ({ input, from: null, to: `of the new ${source}` })),
      ];
      if (replacing.length > 0)
        steps.set(
          key,
          step(
            "replace",
            now,
            changes,
            replacing.map(({ input, source }) => `${input} comes from ${source}, which is replaced`),
          ),
        );
      else if (fed.length > 0) steps.set(key, step("update", now, changes));
    }
  }
}

const replacedNames = (steps: ReadonlyMap<string, Step>): ReadonlySet<string> =>
  new Set([...steps.values()].filter(({ does }) => does === "replace").map(({ name }) => name));

const replaceKeys = ({ type, name, options }: Recorded): readonly string[] => [
  ...kindOf(type, name).replaces,
  ...options.replaceOnChanges.map((path) => path.replace(/[.[].*$/, "")),
];

function changedInputs(old: Recorded, now: Recorded): readonly string[] {
  const inputs = [...new Set([...Object.keys(old.inputs), ...Object.keys(now.inputs)])];
  return inputs
    .filter((input) => !now.options.ignoreChanges.includes(input) && !isDeepStrictEqual(old.inputs[input], now.inputs[input]))
    .sort();
}

/** As the engine has it, one that is new or gone triggers nothing. */
function isTriggered({ options: old }: Recorded, { options: now }: Recorded): boolean {
  return old.replacementTrigger !== null && now.replacementTrigger !== null && old.replacementTrigger !== now.replacementTrigger;
}

function change(old: Recorded, now: Recorded, changed: readonly string[]): Step {
  const changes = changed.map((input) => ({ input, from: short(old.inputs[input]), to: short(now.inputs[input]) }));
  const because = changed.filter((input) => replaceKeys(now).includes(input)).map((input) => `${input}: ${reasonOf(input)}`);
  if (isTriggered(old, now)) because.push("it goes with the machine that it was made for");
  return because.length === 0 ? step("update", now, changes) : step("replace", now, changes, because);
}

function step(
  does: Step["does"],
  { type, name, options }: Recorded,
  changes: readonly InputChange[],
  because: readonly string[] = [],
): Step {
  const kind = kindOf(type, name);
  return {
    does,
    type,
    name,
    role: kind.role,
    changes,
    because,
    deletesFirst: kind.deletesFirst || options.deleteBeforeReplace,
    isProtected: options.protect,
  };
}

/** A value as it fits into a line. A text with a line break is a file, which the review shows as one. */
function short(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length > 80 || isUnknown(text) || text.includes("\\n") ? null : text;
}
