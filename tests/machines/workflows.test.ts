/**
 * The workflows of .github run end to end without GitHub: act runs their steps in a clone, on this box. Two actions that only GitHub has are
 * replaced by tests/machines/actions; the target is this box, so no login to a cloud takes part.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { findWorkflowTool } from "../../tools/workflows";
import { ask, awaitOk } from "./http";
import { rowsOf, testAtNight } from "./rows";
import { run } from "./stack";
import { Clone } from "./workflows";

const folder = resolve(__dirname, "../../.github/workflows");
const files = readdirSync(folder).map((name) => join(folder, name));

test("actionlint finds nothing in them", async () => {
  expect(await run(findWorkflowTool("actionlint"), ["-no-color", ...files])).toEqual({ code: 0, stdout: "", stderr: "" });
});

test.each(files)("%s runs only actions that are pinned by their commit", (file) => {
  const used = [...readFileSync(file, "utf8").matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action]) => action);
  expect(used.length).toBeGreaterThan(0);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

describe("a stack that is deployed by tags", () => {
  const clone = new Clone("test-ci");
  const site = "http://10.84.31.10/";
  const home = join(clone.origin, "examples/ocpizza/shop/views.py");

  beforeAll(async () => {
    const file = join(clone.origin, `Pulumi.${clone.stack}.yaml`);
    const example = parse(readFileSync(join(clone.origin, "Pulumi.local.yaml"), "utf8")) as { config: Record<string, unknown> };
    example.config["webstack:network"] = { range: "10.84.31.0/24" };
    example.config["webstack:backup"] = { enabled: true };
    writeFileSync(file, `# yaml-language-server: $schema=docs/webstack.schema.json\n${stringify(example)}`);
    // Makes the stack and the secrets of a rehearsal, which its owner commits.
    const { code, stderr } = await clone.npm("preview", "--", clone.stack);
    if (code !== 0) throw new Error(stderr);
    clone.commit("A stack of our own");
  }, 300_000);

  afterAll(() => clone.down(), 120_000);

  const checks = [{ name: "one file of them", script: "jest --selectProjects pure --runTestsByPath tests/plan/names.test.ts" }, { name: "all of them", script: null }];

  test.each(rowsOf("workflows", checks, ({ name }) => name))("a push passes the checks: $name", async ({ script }) => {
    if (script !== null) {
      const file = join(clone.origin, "package.json");
      writeFileSync(file, readFileSync(file, "utf8").replace(/"check": ".*"/, `"check": "${script}"`));
      clone.commit("Checks that are quick");
    }
    const { code, stdout } = await clone.workflow("check", "push", {}, "check");
    if (script !== null) clone.git("reset", "--quiet", "--hard", "HEAD~1");
    expect(stdout).toContain("Job succeeded");
    expect(code).toBe(0);
  }, 600_000);

  test("a pull request gets its review as one comment, brought up to date", async () => {
    clone.program("gh", '#!/bin/sh\necho "$@" > "$(dirname "$0")/../gh.words"\nwhile [ $# -gt 1 ]; do shift; done\ncp "$1" "$(dirname "$0")/../gh.body"\n');
    const base = clone.git("rev-parse", "HEAD");
    clone.git("checkout", "--quiet", "-b", "change");
    const file = join(clone.origin, `Pulumi.${clone.stack}.yaml`);
    writeFileSync(file, readFileSync(file, "utf8").replace(/^( {2}webstack:site:\n)/m, "$1    maxBodyMiB: 25\n"));
    clone.commit("Larger uploads");
    const event = { pull_request: { number: 7, base: { sha: base }, head: { repo: { full_name: "somebody/webstack" } } } };
    const { code, stdout } = await clone.workflow("review", "pull_request", event);
    clone.git("checkout", "--quiet", "main");
    expect([code, stdout.includes("Job succeeded")]).toEqual([0, true]);
    expect(clone.read("gh.words")).toBe("pr comment 7 --edit-last --create-if-none --body-file review.md\n");
    expect(clone.read("gh.body")).toMatch(/^# Review of test-ci\n/);
    expect(clone.read("gh.body")).toContain("## ✅ No downtime");
    expect(clone.read("gh.body")).toContain("+    client_max_body_size 25m;");
  }, 600_000);

  test("a tag brings it up and hands on where it is", async () => {
    clone.git("tag", "v1.0.0");
    const { code, stdout } = await clone.workflow("deploy", "push");
    expect(stdout).toContain(`set-output:: site=${site}`);
    expect(code).toBe(0);
    expect((await ask(site)).status).toBe(200);
  }, 600_000);

  test("a tag whose first page is broken is taken back", async () => {
    writeFileSync(home, readFileSync(home, "utf8").replace("    products = Product.objects.filter(available=True)\n", '    raise RuntimeError("broken on purpose")\n'));
    clone.commit("A page that fails");
    clone.git("tag", "v1.0.1");
    const { code, stdout } = await clone.workflow("deploy", "push");
    expect(stdout).toContain("The stack is up, but its site does not answer as it should");
    expect(stdout).toMatch(/\[deploy\/rollback\].*Job succeeded/);
    expect(code).toBe(1);
    await awaitOk(site, 5);
  }, 600_000);

  test("the roll-back shows as drift until a tag is deployed again", async () => {
    const drifted = await clone.workflow("drift", "workflow_dispatch");
    expect(drifted.stdout).toContain("test-ci is not as declared:");
    expect(drifted.stdout).toMatch(/web-0: changed .*release/);
    expect(drifted.code).toBe(1);

    const again = await clone.workflow("deploy", "workflow_dispatch", { inputs: { tag: "v1.0.0" } });
    expect(again.code).toBe(0);

    clone.git("checkout", "--quiet", "v1.0.0");
    const declared = await clone.workflow("drift", "workflow_dispatch");
    expect(declared.stdout).toContain("test-ci is as declared.");
    expect(declared.code).toBe(0);
  }, 600_000);

  test("the drill restores the newest backup and says how old it was", async () => {
    expect((await clone.npm("ssh", "--", "web-0", "sudo hostctl backup")).code).toBe(0);
    const { code, stdout } = await clone.workflow("drill", "schedule");
    expect(stdout).toMatch(/"rpoSeconds": \d+,/);
    expect(code).toBe(0);
  }, 600_000);

  test("by hand, the release before serves again", async () => {
    const { code, stdout } = await clone.workflow("rollback", "workflow_dispatch", { inputs: { release: "" } });
    expect(stdout).toContain("Job succeeded");
    expect(code).toBe(0);
  }, 600_000);

  testAtNight("workflows", "npm run up makes it as declared again, as drift says", async () => {
    const drifted = await clone.npm("drift", "--", clone.stack);
    expect([drifted.code, drifted.stdout]).toEqual([3, expect.stringContaining(`npm run up -- ${clone.stack} makes it so again`)]);
    const up = await clone.npm("up", "--", clone.stack);
    expect([up.code, up.stdout]).toEqual([0, expect.stringContaining(": it is applied again")]);
    expect((await clone.npm("drift", "--", clone.stack)).code).toBe(0);
  }, 600_000);
});
