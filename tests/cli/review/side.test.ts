/** Limit: the commit is this clone's own; what a review makes of two sides is in tests/goldens/reviews. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { recordCommit } from "../../../cli/review/side";
import type { Review } from "../../../cli/review/review";

const project = resolve(__dirname, "../../..");

function review(...words: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const program = ["--require", join(project, "node_modules/tsx/dist/cjs/index.cjs"), "cli/review.ts", ...words];
  return new Promise((done) => execFile(process.execPath, program, { cwd: project }, (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr })));
}

test("a commit that has no such stack has no side, so all of the stack is new", async () => {
  expect(await recordCommit("HEAD", "no-such-stack", "HEAD")).toBeNull();
}, 60_000);

test("a commit is recorded as it was, without a trace of it being left", async () => {
  const side = await recordCommit("HEAD", "local", "HEAD");
  expect(side?.resources?.map(({ name }) => name)).toContain("web-0-apply");
  expect(Object.keys(side?.manifests ?? {})).toEqual(["web-0", "database-0"]);
  expect(JSON.parse(readFileSync(join(project, "package.json"), "utf8"))).toMatchObject({ name: "webstack" });
}, 60_000);

test("findings of policies are in the review, and refuse it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-findings-"));
  const file = join(folder, "findings.json");
  writeFileSync(file, JSON.stringify([{ id: "do-007", at: "database", says: "has no standby" }]));
  const { code, stdout } = await review("local", "--against", "HEAD", "--findings", file, "--json");
  rmSync(folder, { recursive: true });
  expect([code, (JSON.parse(stdout) as Review).findings]).toEqual([1, [{ id: "do-007", at: "database", says: "has no standby" }]]);
}, 60_000);

test.each([
  [["nowhere"], "webstack: there is no Pulumi.nowhere.yaml to review"],
  [["local", "--against", "no-such-commit"], 'webstack: --against must name a commit, got "no-such-commit"'],
  [["local", "--agianst", "HEAD"], "webstack: Unknown option '--agianst'"],
])("%j is wrong usage, told in one line", async (words, says) => {
  const { code, stderr } = await review(...words);
  expect([code, stderr.split("\n")[0]?.startsWith(says)]).toEqual([2, true]);
}, 60_000);
