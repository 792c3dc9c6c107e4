import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checksOf } from "../../cli/proof/checks";
import { judged, redacted, report, typed } from "../../cli/proof/report";
import { planStack } from "../../infra/plan";
import { exampleSpec } from "../goldens/stacks";

const root = join(__dirname, "../..");
const checks = checksOf(planStack(exampleSpec("aws")));
const check = (asks: string) => {
  const found = checks.find((one) => one.asks.includes(asks));
  if (found === undefined) throw new Error(`nothing asks for ${asks}`);
  return found;
};

test("OC Pizza has ten questions, each of which docs/aws.md has as a command, and none changes anything", () => {
  expect(checks).toHaveLength(10);
  const text = readFileSync(join(root, "docs/aws.md"), "utf8");
  for (const { asks, words } of checks) expect([asks, text.includes(asks), text.includes(typed(words)), /^(describe|list|get)-/.test(words[1] ?? "")]).toEqual([asks, true, true, true]);
});

test.each([
  ["one machine runs", '["required"]', null],
  ["one machine runs", '["required", "optional"]', "must be one machine, got 2"],
  ["one machine runs", '["optional"]', "must be required, got optional"],
  ["the database serves", '["available", "8.4.9", true, false, "active"]', null],
  ["the database serves", '["available", "8.0.46", true, false, "active"]', "must be available, 8.4, true, false, active, got available, 8.0.46, true, false, active"],
  ["the database serves", "null", "must be available, 8.4, true, false, active, got "],
  ["Batch can start tasks", '["INVALID"]', "must be VALID, got INVALID"],
  ["Batch can start tasks", "[]", "must be 1 or more, got 0"],
  ["the machine's agent", '["mem_used_percent", "disk_used_percent"]', null],
  ["the machine's agent", "[]", "must have mem_used_percent and disk_used_percent, got nothing"],
  ["no alarm rings", '["OK", "OK", "OK", "INSUFFICIENT_DATA", "ALARM"]', "must be OK or INSUFFICIENT_DATA, got ALARM"],
  ["whoever hears alarms", '["PendingConfirmation"]', "an e-mail waits for its link to be followed"],
  ["rehearsal of a restore", "[null]", "it has not begun yet"],
  ["the world sees", "Unable to locate credentials", "must be JSON"],
])("whether %s: %s", (asks, answer, wrong) => {
  expect(judged(check(asks), answer).wrong).toBe(wrong);
});

test("a report has no account's number and nobody's address, and says what was asked, answered and wrong", () => {
  expect(redacted("arn:aws:sns:eu-west-3:123456789012:x ops@ocpizza.fr 20261126 1234567890123")).toBe("arn:aws:sns:eu-west-3:ACCOUNT:x ADDRESS 20261126 1234567890123");
  const text = report("aws", "2026-11-26", [judged(check("whoever hears alarms"), '["arn:aws:sns:eu-west-3:123456789012:webstack-aws-alarms:1"]'), judged(check("Batch"), '["INVALID"]')]);
  expect(text).toContain("# What AWS answers about aws, 2026-11-26\n\n1 of 2 are as they must be.\n");
  expect(text).toContain("## 2. No: whether Batch can start tasks");
  expect([text.includes("must be VALID, got INVALID"), text.includes("123456789012"), text.includes("ACCOUNT:webstack-aws-alarms")]).toEqual([true, false, true]);
});

test("the verb asks each question of the command aws, writes the report, and ends with 1 where one is not as it must be", () => {
  const folder = mkdtempSync(join(tmpdir(), "webstack-proof-"));
  try {
    writeFileSync(join(folder, "aws"), '#!/bin/sh\necho "$*" >> "$(dirname "$0")/asked"\necho \'["OK", "OK", "OK", "OK", "OK"]\'\n');
    chmodSync(join(folder, "aws"), 0o755);
    const run = () => execFileSync(join(root, "node_modules/.bin/tsx"), [join(root, "cli/proof.ts"), "aws", "--out", join(folder, "proof.md")], { env: { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` }, encoding: "utf8", stdio: "pipe" });
    expect(run).toThrow(expect.objectContaining({ status: 1, stdout: expect.stringContaining("yes  the world sees the site\n") as string }) as Error);
    expect(readFileSync(join(folder, "asked"), "utf8").trim().split("\n")).toHaveLength(10);
    expect(readFileSync(join(folder, "proof.md"), "utf8")).toContain("4 of 10 are as they must be.");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
