/** The shipped stack files hold what their applications need. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describedStacks, readStack } from "../../cli/stackFiles";
import { parseSpec } from "../../infra/config/parse";
import { ConfigError } from "../../infra/config/problems";
import { appSecrets } from "../../infra/config/secretNames";
import { isHttp } from "../../infra/services";
import { project } from "../../tools/setup/folders";
import { exampleSpec } from "../goldens/stacks";

/** What the program says before it makes anything, with every secret set but one. */
function problemsOf(stack: string, missing: string): readonly string[] {
  const { raw } = readStack(stack);
  const names = ["sshPrivateKey", "backupPassword", ...appSecrets(raw)].filter((name) => name !== missing);
  try {
    parseSpec(raw, { project: "webstack", stack, secretNames: new Set(names) });
    return [];
  } catch (error) {
    return error instanceof ConfigError
      ? error.message
          .split("\n")
          .slice(1)
          .map((line) => line.trim())
      : [String(error)];
  }
}

const bitcoin = ["bitcoin", "bitcoin-prod", "bitcoin-aws", "bitcoin-external"];

test("each names its image, so that another default replaces nobody's machines", () => {
  const stacks = describedStacks();
  const images = stacks.map((stack) => [stack, (readStack(stack).raw["host"] as { readonly image?: unknown } | undefined)?.image]);
  expect(images).toEqual(stacks.map((stack) => [stack, expect.stringMatching(/^debian-\d+$/)]));
  expect(stacks).toEqual(expect.arrayContaining(["local", "prod", "aws", ...bitcoin]));
});

test.each(bitcoin)("%s says how a rollback reads the schema, and has a page for each service that asks no database", (stack) => {
  const { release, services } = exampleSpec(stack);
  expect(release.schema).toEqual({
    revision: ["python", "manage.py", "schemarevision"],
    check: ["python", "manage.py", "migrate", "--check"],
    down: ["python", "manage.py", "schemarevision", "--to", "{revision}"],
  });
  expect(services.map((service) => (isHttp(service) ? service.health.live : null))).toEqual(
    services.map(({ name }) => (name === "api" ? "/api/livez" : "/livez")),
  );
});

test("booking says how a rollback reads the schema, has a page that asks no database, and a password for its organisers", () => {
  const { release, services, secrets } = exampleSpec("booking");
  expect(release.schema).toEqual({
    revision: ["python", "-m", "booking.migrate", "--revision"],
    check: ["python", "-m", "booking.migrate", "--check"],
    down: ["python", "-m", "booking.migrate", "--to", "{revision}"],
  });
  expect(services.map((service) => (isHttp(service) ? [service.health.path, service.health.live, service.port] : null))).toEqual([
    ["/healthz", "/livez", 18000],
  ]);
  expect([secrets, problemsOf("booking", "ADMIN_PASSWORD")]).toEqual([
    ["ADMIN_PASSWORD"],
    ["ADMIN_PASSWORD: must be set; run npm run secret -- booking set ADMIN_PASSWORD"],
  ]);
});

test.each(["local", "prod", "aws"])("%s upgrades its database under the name that the deploy log of OC Pizza has for it", (stack) => {
  expect(exampleSpec(stack).release.steps.map(({ name }) => name)).toEqual(["Database-upgrading", "static"]);
});

test.each(["prod", "aws"])(
  "%s sends the codes of /resetPassword through a port that is open, with a password that up asks for",
  (stack) => {
    const { env, secrets, network } = exampleSpec(stack);
    expect([env.EMAIL_HOST, secrets]).toEqual([
      expect.stringMatching(/^[a-z0-9.-]+\.(org|com)$/),
      expect.arrayContaining(["EMAIL_HOST_PASSWORD"]),
    ]);
    expect([...secrets, ...Object.keys(env)]).toContain("EMAIL_HOST_USER");
    expect(network.outbound).toContain(Number(env.EMAIL_PORT));
    expect(problemsOf(stack, "EMAIL_HOST_PASSWORD")).toEqual([
      `EMAIL_HOST_PASSWORD: must be set; run npm run secret -- ${stack} set EMAIL_HOST_PASSWORD`,
    ]);
  },
);

test.each(["prod", "aws"])("%s has a name and a secret at each service outside that the site knows", (stack) => {
  const { env, secrets } = exampleSpec(stack);
  expect([...Object.keys(env), ...secrets]).toEqual(
    expect.arrayContaining([
      "STRIPE_API_KEY",
      "GOOGLE_OAUTH_CLIENT_ID",
      "GOOGLE_OAUTH_SECRET",
      "FACEBOOK_APP_ID",
      "FACEBOOK_APP_SECRET",
      "SENTRY_DSN",
    ]),
  );
  const read = readFileSync(join(project, "examples/ocpizza/ocpizza/settings/production.py"), "utf8");
  for (const name of [...Object.keys(env), ...secrets].filter((one) => one !== "DJANGO_SETTINGS_MODULE"))
    expect(read).toContain(`"${name}"`);
});

test.each(bitcoin)("%s serves made-up prices only where it rehearses", (stack) => {
  const { target, env } = exampleSpec(stack);
  expect(env.FEED_URL?.startsWith("file:")).toBe(target === "local");
});
