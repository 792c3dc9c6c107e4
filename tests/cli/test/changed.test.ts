import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { importGraph, reached, reads, touched, type Graph } from "../../../cli/test/changed";
import { allSuites } from "../../../cli/test/suites";
import type { Suite } from "../../../cli/test/suite";

const root = resolve(__dirname, "../../..");
const suites = allSuites();
let graph: Graph;

beforeAll(async () => {
  graph = await importGraph(suites.flatMap(({ files }) => files));
});

/** The suites, or "LEVEL: FILES" of a part of one, that a change of these files runs. */
function runs(...changed: string[]): string[] {
  return suites.flatMap((suite) => {
    const files = touched(suite, changed, graph);
    if (files === "whole" || files.length === suite.files.length) return files.length === 0 ? [] : [suite.name];
    return files.map((file) => `${suite.name}: ${file}`);
  });
}

test("every file that is named as a reader or as read is there", () => {
  const paths = Object.entries(reads).flat(2);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("a verb that one test imports runs that test and the checks of types and style", () => {
  const found = runs("cli/diagram/svg.ts");
  expect(found).toEqual(expect.arrayContaining(["types", "lint", "pure: tests/cli/diagram.test.ts"]));
  expect(found).not.toContain("hostctl");
  expect(found).not.toContain("machines/site");
});

test("hostctl runs its own tests, the goldens and every machine that it is copied to", () => {
  const found = runs("hostctl/deploy/apply.py");
  expect(found).toEqual(
    expect.arrayContaining([
      "hostctl",
      "goldens: tests/goldens/goldens.test.ts",
      "machines/site",
      "machines/faults",
      "machines/digitalocean",
    ]),
  );
  expect(found).not.toContain("examples/ocpizza");
});

test("a template runs what renders it", () => {
  expect(runs("cloud-init/firewall/nftables.conf.tmpl").filter((name) => name.startsWith("pure"))).toContain(
    "pure: tests/host/render.test.ts",
  );
});

test("an example runs its own tests", () => {
  expect(runs("examples/ocpizza/shop/views.py")).toContain("examples/ocpizza");
});

test("a document runs the tests that are pure, and package.json everything that has files", () => {
  expect(runs("docs/ci.md")).toEqual(["pure"]);
  const all = suites.filter(({ files }: Suite) => files.length > 0).map(({ name }) => name);
  expect(runs("package.json")).toEqual(expect.arrayContaining(all));
});

test("a circle of imports ends", () => {
  expect([
    ...reached(
      new Map([
        ["a", ["b"]],
        ["b", ["a", "c"]],
      ]),
      "a",
    ),
  ]).toEqual(["a", "b", "c"]);
});
