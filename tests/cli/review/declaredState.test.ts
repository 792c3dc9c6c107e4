/** Limit: most commits are this clone's own; what a review makes of two sides is in tests/goldens/reviews. */
import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { markdown } from "../../../cli/review/markdown";
import { isRefused, reviewChange } from "../../../cli/review/review";
import { recordCommit, recordFolder } from "../../../cli/review/declaredState";
import { Descriptions, secretsOf, set } from "../../goldens/reviews/changes";

const project = resolve(__dirname, "../../..");

function review(
  words: readonly string[],
  folder = project,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const program = ["--require", join(project, "node_modules/tsx/dist/cjs/index.cjs"), "cli/review.ts", ...words];
  return new Promise((done) =>
    execFile(process.execPath, program, { cwd: folder }, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
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

test.each([
  ["prod", "database.version", "14"],
  ["aws", "database.restore", { from: "webstack-aws-database-before" }],
])(
  "what only the outputs of the stack %s could allow is declared: %s",
  async (stack, key, value) => {
    const descriptions = new Descriptions(stack, secretsOf(stack));
    try {
      const { notBuilt, resources } = await descriptions.side("after", [set(key, value)]);
      expect(notBuilt).toBeNull();
      expect(resources?.length).toBeGreaterThan(10);
    } finally {
      descriptions.remove();
    }
  },
  60_000,
);

test("a rule that the state after the change breaks is in the review, and refuses it; an exception keeps its reason", async () => {
  const before = await recordFolder(project, "prod", "before");
  const open =
    before.resources?.map((one) => (one.name === "web-0" ? { ...one, inputs: { ...one.inputs, monitoring: false } } : one)) ?? null;
  const wrong = reviewChange("prod", before, { ...before, resources: open });
  expect(wrong.findings.filter(({ level }) => level === "mandatory").map(({ rule, resource }) => [rule, resource])).toEqual([
    ["do-droplet-monitoring", "web-0"],
  ]);
  expect([isRefused(wrong), isRefused(reviewChange("prod", before, before))]).toEqual([true, false]);

  const exceptions = [{ rule: "do-droplet-monitoring", resource: "web-0", reason: "it is measured by somebody else" }];
  const decided = reviewChange("prod", before, {
    ...before,
    resources: open,
    spec: before.spec && { ...before.spec, policy: { exceptions } },
  });
  expect(isRefused(decided)).toBe(false);
  expect(markdown(decided)).toContain("- **excepted** `do-droplet-monitoring` at `web-0`: ");
  expect(markdown(decided)).toContain("Decided: it is measured by somebody else");
}, 60_000);

test("secrets that the first up made are no change: nothing was brought up without them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-newcomer-"));
  try {
    const parts = [
      "Pulumi.yaml",
      "Pulumi.local.yaml",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "infra",
      "cloud-init",
      "hostctl",
      "providers",
      "examples",
      "cli",
      "policy",
      "tools",
    ];
    for (const part of parts) cpSync(join(project, part), join(folder, part), { recursive: true });
    symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
    const git = (...words: readonly string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...words], { cwd: folder });
    git("init", "--quiet");
    git("add", ...parts);
    git("commit", "--quiet", "--message", "as it was cloned");
    const names = ["sshPrivateKey", "DJANGO_SECRET_KEY", "STRIPE_API_KEY", "GOOGLE_OAUTH_SECRET", "FACEBOOK_APP_SECRET"];
    appendFileSync(
      join(folder, "Pulumi.local.yaml"),
      `\n${names.map((name) => `  webstack:${name}:\n    secure: v1:${name}\n`).join("")}encryptionsalt: v1:salt\n`,
    );

    const { code, stdout } = await review(["local"], folder);
    expect([code, stdout.split("\n")[4]]).toEqual([0, "## ✅ Nothing changes"]);
    expect(stdout).toContain("counts as set for the first time, before anything ran: ");
    expect(stdout).toMatch(/- `sshPrivateKey`: not set → `[0-9a-f]{8}`/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);

test.each([
  [["nowhere"], 'webstack: there is no stack "nowhere"; there are: '],
  [["local", "--against", "no-such-commit"], 'webstack: --against must name a commit, got "no-such-commit"'],
  [["local", "--agianst", "HEAD"], "webstack: Unknown option '--agianst'"],
])(
  "%j is wrong usage, told in one line",
  async (words, says) => {
    const { code, stderr } = await review(words);
    expect([code, stderr.split("\n")[0]?.startsWith(says)]).toEqual([2, true]);
  },
  60_000,
);
