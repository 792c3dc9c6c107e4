/** Limit: moto checks signatures and the actions of a policy; which secret a role may read is shown by iam.test.ts. */
import { join } from "node:path";
import { findBoto, startMoto } from "../../tools/moto";
import { project } from "../../tools/setup/folders";
import { capture } from "../../tools/setup/process";

let told: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  const moto = await startMoto();
  try {
    const policy = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], Resource: "*" }],
    };
    told = JSON.parse(
      await capture(findBoto(), [join(__dirname, "login.py"), moto.url], {
        cwd: project,
        env: { PYTHONPATH: project },
        stdin: JSON.stringify(policy),
      }),
    ) as typeof told;
  } finally {
    await moto.stop();
  }
}, 60_000);

test("the host makes the login and keeps it in the store, with requests that it signs as the role it has", () => {
  expect(told["first"]).toEqual({ user: "shop_a", "the app has it": true });
});

test("a login that has not changed costs one call and changes nothing", () => {
  expect(told["unchanged"]).toEqual({ calls: [["secretsmanager.GetSecretValue", 200]], "the app has it": true });
});

test("a rotation makes the other login the app's, and the old one stays good", () => {
  expect(told["rotated"]).toEqual({ user: "shop_b", "another password": true, "the app has it": true, "the old one is good": true });
});

test("what somebody else put into the store is followed", () => {
  expect(told["followed"]).toBe(true);
});

test("a request that is signed with another key, without the session or by nobody is refused, and said so", () => {
  const refused = expect.stringMatching(
    /^secret store: GetSecretValue of arn:aws:secretsmanager:eu-central-1:123456789012:secret:webstack-aws-login-\w+ was refused: 403$/,
  );
  expect(told["refused"]).toEqual({ "another key": refused, "no session": refused, nobody: refused });
});
