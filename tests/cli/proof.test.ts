import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checksOf, type Word } from "../../cli/proof/checks";
import { judged, redacted, report, typed } from "../../cli/proof/report";
import { planStack } from "../../infra/plan";
import { prefixes } from "../../infra/targets/aws/backup";
import { exampleSpec } from "../goldens/stacks";

const root = join(__dirname, "../..");
const checks = checksOf(planStack(exampleSpec("aws")));
const check = (asks: string) => {
  const found = checks.find((one) => one.asks.includes(asks));
  if (found === undefined) throw new Error(`nothing asks for ${asks}`);
  return found;
};

test("OC Pizza has twelve questions, each of which docs/aws.md has as a command, and none changes anything", () => {
  expect(checks).toHaveLength(12);
  const text = readFileSync(join(root, "docs/aws.md"), "utf8");
  const reads = (words: readonly Word[]): boolean =>
    /^(describe|list|get)-/.test(String(words[1])) && words.every((word) => typeof word === "string" || reads(word));
  for (const { asks, words } of checks)
    expect([asks, text.includes(asks), text.includes(typed(words)), reads(words)]).toEqual([asks, true, true, true]);
});

test.each([
  ["one machine runs", '["required"]', null],
  ["one machine runs", '["required", "optional"]', "must be one machine, got 2"],
  ["one machine runs", '["optional"]', "must be required, got optional"],
  ["the database serves", '["available", "8.4.9", true, false, "active"]', null],
  [
    "the database serves",
    '["available", "8.0.46", true, false, "active"]',
    "must be available, 8.4, true, false, active, got available, 8.0.46, true, false, active",
  ],
  ["the database serves", "null", "must be available, 8.4, true, false, active, got "],
  ["own backups", "null", "must be 1 or more, got 0"],
  ["own backups", '["host/snapshots/0a1b"]', null],
  ["Batch dumps", "[]", "must be 1 or more, got 0"],
  ["Batch dumps", '["SUCCEEDED"]', null],
  ["images of the machine", "[]", "must be 1 or more, got 0"],
  ["images of the machine", '["available", "failed"]', "must be available, got failed"],
  ["the machine's agent", '["mem_used_percent", "disk_used_percent"]', null],
  ["the machine's agent", "[]", "must have mem_used_percent and disk_used_percent, got nothing"],
  ["no alarm rings", '["OK", "OK", "OK", "INSUFFICIENT_DATA", "ALARM"]', "must be OK or INSUFFICIENT_DATA, got ALARM"],
  ["whoever hears alarms", '["PendingConfirmation"]', "an e-mail waits for its link to be followed"],
  ["whoever hears alarms", "[]", "must be 1 or more, got 0"],
  ["whoever hears that the world", '["PendingConfirmation"]', "an e-mail waits for its link to be followed"],
  ["rehearsal of a restore", "[null]", "it has not begun yet"],
  ["the world sees", "Unable to locate credentials", "must be JSON"],
])("whether %s: %s", (asks, answer, wrong) => {
  expect(judged(check(asks), answer).wrong).toBe(wrong);
});

test("the backups that are looked for are where the machine's go, in the newest bucket of the stack, and the dumps are those of its own queue", () => {
  const { words } = check("own backups");
  expect(words).toContain(`${prefixes.host}/snapshots/`);
  expect(typed(words)).toContain(
    `--bucket "$(aws s3api list-buckets --region eu-west-3 --query "sort_by(Buckets[?starts_with(Name, 'webstack-aws-backups-')], ` +
      `&CreationDate)[-1].Name" --output text)" --prefix`,
  );
  expect(typed(check("Batch dumps").words)).toContain("jobQueues[?tags.stack=='aws'].jobQueueName");
});

test("a stack where Route 53 measures has one topic, and one without backups, dumps, images and receivers asks for none", () => {
  const spec = exampleSpec("aws");
  const asked = (more: object) => checksOf(planStack({ ...spec, ...more })).map(({ asks }) => asks.split(" ").slice(0, 4).join(" "));
  expect(asked({ host: { ...spec.host, region: "us-east-1" } })).toHaveLength(11);
  expect(
    asked({
      backup: { ...spec.backup, enabled: false, batch: null },
      host: { ...spec.host, snapshots: { ...spec.host.snapshots, every: "never" } },
      monitoring: { ...spec.monitoring, emails: [] },
    }),
  ).toHaveLength(7);
});

test("a report has no account's number and nobody's address, and says what was asked, answered and wrong", () => {
  expect(redacted("arn:aws:sns:eu-west-3:123456789012:x ops@ocpizza.fr 20261126 1234567890123")).toBe(
    "arn:aws:sns:eu-west-3:ACCOUNT:x ADDRESS 20261126 1234567890123",
  );
  const text = report("aws", "2026-11-26", [
    judged(check("whoever hears alarms"), '["arn:aws:sns:eu-west-3:123456789012:webstack-aws-alarms:1"]'),
    judged(check("Batch"), '["FAILED"]'),
  ]);
  expect(text).toContain("# What AWS answers about aws, 2026-11-26\n\n1 of 2 are as they must be.\n");
  expect(text).toContain("## 2. No: whether Batch dumps the database");
  expect([
    text.includes("must be SUCCEEDED, got FAILED"),
    text.includes("123456789012"),
    text.includes("ACCOUNT:webstack-aws-alarms"),
  ]).toEqual([true, false, true]);
});

test("the verb asks each question of the command aws, writes the report, and ends with 1 where one is not as it must be", () => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-proof-"));
  try {
    writeFileSync(join(folder, "aws"), '#!/bin/sh\necho "$*" >> "$(dirname "$0")/asked"\necho \'["OK", "OK", "OK", "OK", "OK"]\'\n');
    chmodSync(join(folder, "aws"), 0o755);
    const run = () =>
      execFileSync(join(root, "node_modules/.bin/tsx"), [join(root, "cli/proof.ts"), "aws", "--out", join(folder, "proof.md")], {
        env: { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` },
        encoding: "utf8",
        stdio: "pipe",
      });
    expect(run).toThrow(
      expect.objectContaining({ status: 1, stdout: expect.stringContaining("yes  the world sees the site\n") as string }) as Error,
    );
    expect(readFileSync(join(folder, "asked"), "utf8").trim().split("\n")).toHaveLength(14);
    // What a question of its own answered stands in the one that it is for.
    expect(readFileSync(join(folder, "asked"), "utf8")).toMatch(
      /^s3api list-objects-v2 --region eu-west-3 --bucket \["OK", .* --prefix host/m,
    );
    expect(readFileSync(join(folder, "proof.md"), "utf8")).toContain("6 of 12 are as they must be.");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
