/** Limit: parliament knows identities' and resources' policies; who may take a role is checked by moto.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { findLinter } from "../../tools/linters";
import { capture, Failed } from "../../tools/setup/process";
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "../targets/aws";

/** What parliament says of policies, its community's auditors included: "NAME: ISSUE", sorted. */
async function runParliament(policies: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "webstack-parliament-"));
  try {
    for (const [name, text] of Object.entries(policies)) writeFileSync(join(folder, `${name}.json`), text);
    const words = ["--directory", folder, "--include_policy_extension", "json", "--json", "--include-community-auditors"];
    // Its status tells how bad the worst finding is.
    const said = await capture(findLinter("parliament"), words).catch((error: unknown) => {
      if (error instanceof Failed && error.message.includes('{"issue"')) return error.message;
      throw error;
    });
    const found = said.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as { issue: string; location: { filepath: string | null } });
    return found.map(({ issue, location }) => `${basename(location.filepath ?? "?", ".json")}: ${issue}`).sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("parliament finds nothing in any policy of the two examples", async () => {
  const policies: Record<string, string> = {};
  for (const stack of ["aws", "bitcoin-aws"]) {
    for (const { name, inputs } of (await graphOf(exampleSpec(stack))).nodes) if (typeof inputs["policy"] === "string") policies[`${stack}.${name}`] = inputs["policy"];
  }
  expect(Object.keys(policies)).toHaveLength(16);
  expect(await runParliament(policies)).toEqual([]);
}, 60_000);

test("parliament finds what is wrong with a policy", async () => {
  const grants = (Action: string, Resource: string, more = {}) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: [Action], Resource, ...more }] });
  const found = await runParliament({
    misspelt: grants("s3:GetObjct", "arn:aws:s3:::b/x"),
    bucketForObject: grants("s3:GetObject", "arn:aws:s3:::b"),
    keyOfAnother: grants("sns:Publish", "arn:aws:sns:eu-west-3:123456789012:t", { Condition: { StringEquals: { "s3:prefix": "x" } } }),
    noJson: "{",
  });
  expect(found).toEqual(["?: MALFORMED_JSON", "bucketForObject: RESOURCE_MISMATCH", "keyOfAnother: UNKNOWN_CONDITION_FOR_ACTION", "misspelt: UNKNOWN_ACTION"]);
}, 60_000);
