/** Limit: sides without resources; what a review makes of whole stacks is in tests/goldens/reviews. */
import { reviewChange } from "../../../cli/review/review";
import { emptySide, type Side } from "../../../cli/review/side";
import { planStack } from "../../../infra/plan";
import { billOf, billsElsewhere } from "../../../infra/plan/cost";
import { file, type Manifest } from "../../../infra/host/manifest";
import { spec } from "../../config/baseline";

const rehearsal = planStack(spec());
const production = planStack(spec({ target: "digitalocean", host: { size: "s-2vcpu-4gb" }, access: { sshFrom: ["203.0.113.0/24"] } }));

const side = (more: Partial<Side>): Side => ({ ...emptySide, label: "", ...more });

test("a review has the bill before, the one after, and what the state after would cost elsewhere", () => {
  const { cost } = reviewChange("test", side({ plan: rehearsal }), side({ plan: production }));
  expect(cost).toEqual({ before: billOf(rehearsal), after: billOf(production), elsewhere: billsElsewhere(production) });
  expect(reviewChange("test", side({ plan: rehearsal }), side({})).cost).toEqual({ before: billOf(rehearsal), after: null, elsewhere: [] });
});

test("of a host that goes every file is named, hostctl's own among them", () => {
  const files = [file("/etc/issue", ""), file("/usr/local/lib/webstack/hostctl/verbs/cli.py", "")];
  const gone: Manifest = { version: 1, project: "webstack", stack: "test", host: "database-0", debian: "13", user: "", packages: [], plain: [], files, checks: [], units: [], services: [], release: null };
  expect(reviewChange("test", side({ manifests: { "database-0": gone } }), side({})).oneSided).toEqual([
    { host: "database-0", is: "gone", paths: ["/etc/issue", "/usr/local/lib/webstack/hostctl/verbs/cli.py"] },
  ]);
});
