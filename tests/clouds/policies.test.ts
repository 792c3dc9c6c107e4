/** Limit: parliament knows identities' and resources' policies; who may take a role is checked by moto.test.ts. */
import { exampleSpec } from "../goldens/stacks";
import { graphOf } from "../targets/aws";
import { runParliament } from "./parliament";

test("parliament finds nothing in any policy of the two examples, nor of sessions", async () => {
  const policies: Record<string, string> = {};
  for (const stack of ["aws", "bitcoin-aws"]) {
    const spec = exampleSpec(stack);
    for (const { name, inputs } of (await graphOf({ ...spec, access: { ...spec.access, sessions: stack === "aws" } })).nodes)
      if (typeof inputs["policy"] === "string") policies[`${stack}.${name}`] = inputs["policy"];
  }
  expect(Object.keys(policies)).toHaveLength(18);
  expect(await runParliament(policies)).toEqual([]);
}, 60_000);

test("parliament finds what is wrong with a policy", async () => {
  const grants = (Action: string, Resource: string, more = {}) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: [Action], Resource, ...more }] });
  const found = await runParliament({
    misspelt: grants("s3:GetObjct", "arn:aws:s3:::b/x"),
    bucketForObject: grants("s3:GetObject", "arn:aws:s3:::b"),
    keyOfAnother: grants("sns:Publish", "arn:aws:sns:eu-west-3:123456789012:t", { Condition: { StringEquals: { "s3:prefix": "x" } } }),
    noJson: "{",
  });
  expect(found).toEqual([
    "?: MALFORMED_JSON",
    "bucketForObject: RESOURCE_MISMATCH",
    "keyOfAnother: UNKNOWN_CONDITION_FOR_ACTION",
    "misspelt: UNKNOWN_ACTION",
  ]);
}, 60_000);
