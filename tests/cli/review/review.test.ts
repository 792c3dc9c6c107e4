/** Limit: sides without resources; what a review makes of whole stacks is in tests/goldens/reviews. */
import { reviewChange } from "../../../cli/review/review";
import { emptyState, type DeclaredState } from "../../../cli/review/declaredState";
import { planStack } from "../../../infra/plan";
import { billOf, billsElsewhere } from "../../../infra/plan/cost";
import { file, type Manifest } from "../../../infra/host/manifest";
import { spec } from "../../config/baseline";

const rehearsal = planStack(spec());
const production = planStack(spec({ target: "digitalocean", host: { size: "s-2vcpu-4gb" }, access: { sshFrom: ["203.0.113.0/24"] } }));

const side = (more: Partial<DeclaredState>): DeclaredState => ({ ...emptyState, label: "", ...more });

test("a review has the bill before, the one after, and what the state after would cost elsewhere", () => {
  const { cost } = reviewChange("test", side({ plan: rehearsal }), side({ plan: production }));
  expect(cost).toEqual({ before: billOf(rehearsal), after: billOf(production), elsewhere: billsElsewhere(production) });
  expect(reviewChange("test", side({ plan: rehearsal }), side({})).cost).toEqual({ before: billOf(rehearsal), after: null, elsewhere: [] });
});

test("of a host that goes every file is named, hostctl's own among them", () => {
  const files = [file("/etc/issue", ""), file("/usr/local/lib/webstack/hostctl/verbs/cli.py", "")];
  const gone: Manifest = {
    version: 1,
    project: "webstack",
    stack: "test",
    host: "database-0",
    debian: "13",
    user: "",
    packages: [],
    plain: [],
    files,
    checks: [],
    units: [],
    services: [],
    release: null,
  };
  expect(reviewChange("test", side({ manifests: { "database-0": gone } }), side({})).oneSided).toEqual([
    { host: "database-0", is: "gone", paths: ["/etc/issue", "/usr/local/lib/webstack/hostctl/verbs/cli.py"] },
  ]);
});

test("another key, and another range, of a stack whose machines keep data are refused with the words of up; as they were, and where nothing keeps data, they are not", () => {
  const options = {
    protect: false,
    deleteBeforeReplace: false,
    replaceOnChanges: [],
    ignoreChanges: ["userData"],
    replacementTrigger: null,
  };
  const machine = (name: string, keepsData: boolean) => ({
    type: "nspawn:index:Machine",
    name,
    inputs: { name: `webstack-test-${name}`, range: "10.20.0.0/24", keepsData },
    feeds: {},
    options,
  });
  const of = (key: string, ...resources: readonly ReturnType<typeof machine>[]) =>
    side({ plan: rehearsal, hashes: { sshPrivateKey: key }, resources });
  const [keeps, all] = [[machine("database-0", true)], [machine("backup-0", true), machine("database-0", true), machine("web-0", false)]];
  const { verdict, problems } = reviewChange("test", of("one", ...all), of("other", ...all));
  expect(verdict.level).toBe("refused");
  expect(problems).toEqual([
    {
      at: "sshPrivateKey",
      must: "must be the one that opens backup-0 and database-0: with another one nobody reaches the data there",
      hint:
        "npm run secret -- test unset sshPrivateKey, and npm run up -- test takes that one from the state; or give the data up " +
        "first: npm run down -- test",
    },
  ]);
  const moved = { ...of("one", ...keeps), plan: planStack(spec({ network: { range: "10.21.0.0/24" } })) };
  expect(reviewChange("test", of("one", ...keeps), moved).problems.map(({ must }) => must)).toEqual([
    "must stay 10.20.0.0/24: the data of database-0 would go with it",
  ]);
  const none = [of("one", ...keeps), side({ hashes: {}, resources: keeps })].map(
    (before) => reviewChange("test", before, of("one", ...keeps)).problems,
  );
  expect([...none, reviewChange("test", of("one", machine("web-0", false)), of("other", machine("web-0", false))).problems]).toEqual([
    [],
    [],
    [],
  ]);
});
