/** Limit: reads the workflows and the verb as text; that the level passes on each Node is the nightly workflow's to show. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { nodeVersions } from "../../tools/nodes";

const text = (path: string) => readFileSync(join(resolve(__dirname, "../.."), path), "utf8");

test("the nightly run on every Node, which is nobody's with root, sets up nothing that asks for root", () => {
  const { jobs } = parse(text(".github/workflows/nightly.yml")) as { jobs: { nodes: { steps: readonly { run?: string }[] } } };
  expect(jobs.nodes.steps.flatMap(({ run = [] }) => run)).toEqual(["npm run nodes"]);
  expect(/await setUp\(\[(.*)\]\)/.exec(text("cli/nodes.ts"))?.[1]).toBe("nodes");
});

test("every workflow, and GitLab's jobs, run on the newest of them: the oldest gets no security updates any more", () => {
  const newest = nodeVersions.at(-1);
  const workflows = ".github/workflows";
  const asked = readdirSync(join(resolve(__dirname, "../.."), workflows)).map((name) => [
    name,
    new Set([...text(`${workflows}/${name}`).matchAll(/^ +node-version: (\S+)$/gm)].map(([, version]) => Number(version))),
  ]);
  expect(asked).toEqual(asked.map(([name]) => [name, new Set([newest])]));
  expect(/^image: (\S+)$/m.exec(text(".gitlab-ci.yml"))?.[1]).toBe(`node:${String(newest)}-bookworm`);
});
