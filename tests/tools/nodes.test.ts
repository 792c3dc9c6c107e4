/** Limit: reads the workflow and the verb as text; that the level passes on each Node is that workflow's to show. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const text = (path: string) => readFileSync(join(resolve(__dirname, "../.."), path), "utf8");

test("the nightly run on every Node, which is nobody's with root, sets up nothing that asks for root", () => {
  const { jobs } = parse(text(".github/workflows/nightly.yml")) as { jobs: { nodes: { steps: readonly { run?: string }[] } } };
  expect(jobs.nodes.steps.flatMap(({ run = [] }) => run)).toEqual(["npm run nodes"]);
  expect(/await setUp\(\[(.*)\]\)/.exec(text("cli/nodes.ts"))?.[1]).toBe("nodes");
});
