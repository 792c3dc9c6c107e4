import { markdown } from "../../../cli/review/markdown";
import { isRefused, reviewChange, type Review } from "../../../cli/review/review";
import type { DeclaredState } from "../../../cli/review/declaredState";
import type { Level } from "../../../cli/review/verdict";
import { expectGoldenFile, expectNames } from "../golden";
import { Descriptions, type Edit, type Upgrade } from "./changes";

/** A change and the verdict that is right for it. */
export interface Expected {
  readonly edits: readonly Edit[];
  /** What differs from the stack's file before the change. */
  readonly from?: readonly Edit[];
  /** The change of the program that comes with it. */
  readonly upgrade?: Upgrade;
  readonly level: Level;
  readonly headline: string;
  /** Names of what is replaced; nothing where it is left out. */
  readonly replaced?: readonly string[];
  /** A line that the review must have. */
  readonly line?: string;
}

/**
 * What a golden shows of a review. Prices and the number of hostctl's modules change for reasons of their own: tests/cli/review has the
 * section Cost, tests/plan/cost.test.ts the bills.
 */
const shown = (review: Review): Review => ({
  ...review,
  cost: { before: null, after: null, elsewhere: [] },
  oneSided: review.oneSided.map((host) => ({ ...host, paths: host.paths.filter((path) => !path.startsWith("/usr/local/lib/webstack/hostctl/")) })),
});

/** Declares a test of each change, against the stack's file as it is with `always`; goldens are in the folder of the stack's name. */
export function reviewTests(stack: "local" | "prod", always: readonly Edit[], changes: Readonly<Record<string, Expected>>): void {
  const descriptions = new Descriptions(stack, always);
  const reviews = new Map<string, Review>();

  beforeAll(async () => {
    const before = await descriptions.side("before", []);
    const names = Object.keys(changes);
    const reviewOf = async (usual: DeclaredState, change: Expected | undefined) => {
      const from = change?.from === undefined ? usual : await descriptions.side("before", change.from);
      return reviewChange(stack, from, await descriptions.side("after", change?.edits ?? [], change?.upgrade));
    };
    // Two at a time: each is a process of its own.
    const work = async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) reviews.set(name, await reviewOf(before, changes[name]));
    };
    await Promise.all([work(), work()]);
  }, 300_000);

  afterAll(() => descriptions.remove());

  test.each(Object.entries(changes))("%s", (name, { level, headline, replaced = [], line }) => {
    const review = reviews.get(name);
    if (review === undefined) throw new Error(`${name} was not reviewed`);
    const text = markdown(shown(review));
    expectGoldenFile(`reviews/${stack}`, `${name}.md`, text);
    expect([review.verdict.level, review.verdict.headline]).toEqual([level, headline]);
    expect((review.steps ?? []).filter(({ does, role }) => does === "replace" && role !== "delivery").map(({ name: one }) => one)).toEqual(replaced);
    expect(isRefused(review)).toBe(level === "refused" || level === "data at risk");
    if (line !== undefined) expect(text.split("\n")).toContain(line);
  });

  test("no golden is of another change", () => {
    expectNames(`reviews/${stack}`, Object.keys(changes).map((name) => `${name}.md`));
  });
}
