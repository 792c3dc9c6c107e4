/** How the values of a resource look when they arrive from Pulumi: plain JSON, with UNKNOWN where a preview cannot say yet. */
export type Values = Readonly<Record<string, unknown>>;

/** One fault of an input, as Pulumi prints it. */
export interface Failure {
  /** Name of the input, or "" when the box itself is at fault. */
  readonly property: string;
  readonly reason: string;
}

export interface Diff {
  readonly changes: boolean;
  /** Inputs that cannot change on a living resource. */
  readonly replaces: readonly string[];
}

/**
 * What each resource type brings; secrets are unwrapped before and inputs are added to the outputs after.
 * `create` and `update` may find leftovers of an interrupted run and return only what they computed; both throw a plain Error. `urn`: the
 * resource's, for what people are told to type; none where no engine asks, as in the simulated clouds.
 */
export interface Kind {
  /** All faults at once; values may be unknown. */
  check(inputs: Values): Failure[];
  /** `olds` are the outputs of the last run, inputs included. */
  diff(olds: Values, news: Values, urn: string): Diff;
  /** Names the resource on this box. */
  id(inputs: Values): string;
  create(inputs: Values, urn?: string): Promise<Values>;
  /** undefined: it is gone from this box. */
  read(state: Values): Promise<Values | undefined>;
  update(state: Values, news: Values, urn: string): Promise<Values>;
  /** Succeeds when there is nothing left to delete. */
  delete(state: Values): Promise<void>;
}

/** "urn:pulumi:prod::shop::nspawn:index:Machine::web-0" is of the stack prod. */
export const stackOf = (urn = "STACK"): string => urn.split("::")[0]?.split(":").at(-1) ?? "";

/** The resource exists and its state must be kept, but it does not work yet; the next `pulumi up` updates it. */
export class Unfinished extends Error {}
