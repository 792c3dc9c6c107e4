import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { expectNames } from "../goldens/golden";
import { graphText, keptGraphs, recordGraph, type Graph } from "./graph";

let graph: Graph;

beforeAll(async () => {
  graph = await recordGraph({
    stack: "test",
    state: (_type, name) => (name === "first" ? { stdout: "said" } : {}),
    program() {
      const first = new local.Command(
        "first",
        { create: "true", stdin: pulumi.secret("marker") },
        { protect: true, ignoreChanges: ["create"] },
      );
      const second = new local.Command("second", { create: pulumi.interpolate`echo ${first.stdout}` }, { deletedWith: first });
      new local.Command("third", { create: "true", environment: { KEY: pulumi.secret("marker") } }, { dependsOn: [second] });
      return { said: first.stdout };
    },
  });
});

test("a secret is hidden in inputs and in the text, and open where it is asked for", () => {
  expect(graph.named("first").inputs).toEqual({ create: "true", stdin: "[secret]" });
  expect(graph.named("first").opened).toEqual({ create: "true", stdin: "marker" });
  expect(graph.named("third").opened).toEqual({ create: "true", environment: { KEY: "marker" } });
  expect(graph.clear + graphText(graph)).not.toContain("marker");
});

test("what a resource waits for and how it is kept is told by names", () => {
  expect(graph.nodes.map(({ name, dependencies, options }) => [name, dependencies, options])).toEqual([
    ["first", [], { protect: true, ignoreChanges: ["create"] }],
    ["second", ["first"], { deletedWith: "first" }],
    ["third", ["second"], {}],
  ]);
});

test("outputs are resolved, and a name that is not there is an error with those that are", () => {
  expect(graph.outputs).toEqual({ said: "said" });
  expect(() => graph.named("fourth")).toThrow("0 resources are named fourth; there are first, second, third");
});

test("no golden is of another graph", () => {
  expectNames(
    "graphs",
    keptGraphs.map((name) => `${name}.yaml`),
  );
});
