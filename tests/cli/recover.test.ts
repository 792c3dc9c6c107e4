import { secretsInState } from "../../cli/recover";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const state = (...resources: readonly object[]) => JSON.stringify({ version: 3, deployment: { resources } });

test("what the hosts run with is found in the state, wherever it is marked as secret", () => {
  const exported = state(
    { urn: "stack" },
    {
      inputs: {
        connection: { host: "10.0.0.4", privateKey: secret("-----BEGIN KEY\n") },
        stdin: secret(JSON.stringify({ env: { DJANGO_SECRET_KEY: "abc", SITE_HOSTS: "x" }, secrets: { smtpPassword: "mail" } })),
      },
    },
    {
      inputs: {
        connection: secret({ host: "10.0.0.4", privateKey: "-----BEGIN KEY\n" }),
        stdin: secret(JSON.stringify({ RESTIC_PASSWORD: "vault", RESTIC_REPOSITORY: "s3:x" })),
      },
    },
    { inputs: { stdin: "no JSON" } },
  );
  expect(secretsInState(exported)).toMatchObject({
    DJANGO_SECRET_KEY: "abc",
    smtpPassword: "mail",
    sshPrivateKey: "-----BEGIN KEY\n",
    backupPassword: "vault",
  });
});

test("a stack that was never up has none", () => {
  expect(secretsInState('{"version": 3, "deployment": null}')).toEqual({});
  expect(secretsInState(state())).toEqual({});
});
