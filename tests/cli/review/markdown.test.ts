/** Limit: prices here are made up; tests/plan/cost.test.ts has those of the tables, tests/goldens/reviews whole reviews without them. */
import { markdown } from "../../../cli/review/markdown";
import { reviewChange, type Review } from "../../../cli/review/review";
import { emptyState } from "../../../cli/review/declaredState";
import type { Bill } from "../../../infra/plan/cost";
import type { CostLine } from "../../../infra/plan/cost/lines";

const line = (part: string, what: string, monthly: number | null): CostLine => ({ part, what, monthly });

function bill(target: Bill["target"], region: string, lines: readonly CostLine[], notCounted: readonly string[] = []): Bill {
  const known = lines.reduce((sum, { monthly }) => sum + (monthly ?? 0), 0);
  return { target, region, lines, known, total: lines.every(({ monthly }) => monthly !== null) ? known : null, notCounted };
}

const small = bill("digitalocean", "fra1", [
  line("web-0", "droplet small", 10),
  line("web-0", "images of it", 1),
  line("database", "managed database", 20),
]);
const large = bill(
  "digitalocean",
  "fra1",
  [line("web-0", "droplet large", 30), line("web-0", "images of it", 3), line("database", "managed database", 20)],
  ["traffic (0.01 a GiB)", "taxes"],
);
const partlyKnown = bill(
  "aws",
  "eu-central-1",
  [line("web-0", "instance large", 8.5), line("web-0", "root disk", null), line("database", "managed database", null)],
  ["taxes"],
);

const review = reviewChange("test", { ...emptyState, label: "before" }, { ...emptyState, label: "after" });
const written = (changes: Partial<Review>) => markdown({ ...review, ...changes });

/** The section Cost, without its title. */
const cost = (before: Bill | null, after: Bill | null, elsewhere: readonly Bill[] = []) => {
  const sections = written({ cost: { before, after, elsewhere } }).split(/^## /m);
  return sections
    .find((section) => section.startsWith("Cost\n\n"))
    ?.slice("Cost\n\n".length)
    .trimEnd();
};

test("the cost is a row for each part, before and after, the parts together, with the difference of the totals", () => {
  expect(cost(small, large)).toBe(`USD a month, digitalocean in fra1, by dated tables in \`infra/config/catalog\`.

| part | what | before | after |
|---|---|---|---|
| web-0 | droplet small | 10.00 |  |
| web-0 | images of it | 1.00 | 3.00 |
| web-0 | droplet large |  | 30.00 |
| database | managed database | 20.00 | 20.00 |
| **total** | | 31.00 | **53.00** (+22.00) |

Not counted: traffic (0.01 a GiB); taxes.`);
  expect(cost(large, small)).toContain("\n| **total** | | 53.00 | **31.00** (−22.00) |\n");
  expect(cost(small, small)).toContain("\n| **total** | | 31.00 | **31.00** |\n");
  expect(cost(null, small)).toContain("\n| **total** | |  | **31.00** |\n");
});

test("a part without a price says so, and so does the total", () => {
  expect(cost(small, partlyKnown)).toBe(`USD a month, aws in eu-central-1, by dated tables in \`infra/config/catalog\`.

| part | what | before | after |
|---|---|---|---|
| web-0 | droplet small | 10.00 |  |
| web-0 | images of it | 1.00 |  |
| web-0 | instance large |  | 8.50 |
| web-0 | root disk |  | no price known |
| database | managed database | 20.00 | no price known |
| **total** | | 31.00 | **no price known** |

Not counted: taxes.`);
});

test("elsewhere the sizes are named, and what has no price there", () => {
  expect(cost(bill("local", "", []), bill("local", "", [], ["electricity"]), [small, partlyKnown]))
    .toBe(`USD a month, local, by dated tables in \`infra/config/catalog\`.

| part | what | before | after |
|---|---|---|---|
| **total** | | 0.00 | **0.00** |

Not counted: electricity.

The same stack elsewhere, with at least as many cores and as much memory:

| target | region | USD a month | with |
|---|---|---|---|
| digitalocean | fra1 | 31.00 | droplet small, managed database |
| aws | eu-central-1 | 8.50 and more: no price known for root disk, managed database | instance large, managed database |`);
});

test("a description with problems has no cost", () => {
  expect(cost(small, null)).toBeUndefined();
});

test("a host of one side is told with the number of its files", () => {
  const lines = written({
    oneSided: [{ host: "database-0", is: "gone", paths: ["/etc/issue", "/usr/local/lib/webstack/hostctl/verbs/cli.py"] }],
  }).split("\n");
  expect(lines).toContain("database-0 is gone, with 2 files.");
});
