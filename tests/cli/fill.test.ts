import { fillSecrets } from "../../cli/secrets";
import type { Pulumi } from "../../cli/pulumi";
import { parseConfig } from "../../cli/stack";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const running = {
  inputs: {
    connection: secret({ host: "10.0.0.4", privateKey: "-----BEGIN KEY\n" }),
    stdin: secret(JSON.stringify({ env: { DJANGO_SECRET_KEY: "of-before" } })),
  },
};

/** A stack whose state has these resources, with what is set of its secrets. */
function stackOf(resources: readonly object[]) {
  const set: Record<string, string> = {};
  const capture = ([verb, does, , name = ""]: readonly string[], value = "") => {
    if (verb === "stack") return Promise.resolve(JSON.stringify({ version: 3, deployment: { resources } }));
    if (does === "set") set[name] = value;
    return Promise.resolve("");
  };
  return { set, pulumi: { stack: "shop", capture } as unknown as Pulumi };
}

const config = (names: readonly string[]) =>
  parseConfig(
    JSON.stringify({
      "webstack:secrets": { value: JSON.stringify(names) },
      "webstack:backup": { value: '{"enabled":false}' },
      "webstack:TOKEN": { secret: true },
    }),
  );

test("a stack file from before its secrets were made up gets those that its hosts run with, and random ones for the rest alone", async () => {
  const { set, pulumi } = stackOf([running]);
  expect(await fillSecrets(pulumi, config(["DJANGO_SECRET_KEY", "TOKEN", "STRIPE_API_KEY"]))).toEqual({
    recovered: ["DJANGO_SECRET_KEY", "sshPrivateKey"],
    made: ["STRIPE_API_KEY"],
  });
  expect(set).toEqual({
    DJANGO_SECRET_KEY: "of-before",
    sshPrivateKey: "-----BEGIN KEY\n",
    STRIPE_API_KEY: expect.stringMatching(/^[\w-]{43}$/),
  });
});

test("one that was never up gets random ones, and nobody else's database an address", async () => {
  const { set, pulumi } = stackOf([]);
  const { recovered, made } = await fillSecrets(pulumi, config(["DJANGO_SECRET_KEY", "DATABASE_URL"]));
  expect([recovered, made, Object.keys(set)]).toEqual([[], ["DJANGO_SECRET_KEY", "sshPrivateKey"], ["DJANGO_SECRET_KEY", "sshPrivateKey"]]);
});
