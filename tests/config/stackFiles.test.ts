/** The shipped stack files hold what their applications need. */
import { exampleSpec } from "../goldens/stacks";

const bitcoin = ["bitcoin", "bitcoin-prod", "bitcoin-aws"];

test.each(bitcoin)("%s says how a rollback reads the schema, and has a page for each service that asks no database", (stack) => {
  const { release, services } = exampleSpec(stack);
  expect(release.schema).toEqual({
    revision: ["python", "manage.py", "schemarevision"],
    check: ["python", "manage.py", "migrate", "--check"],
    down: ["python", "manage.py", "schemarevision", "--to", "{revision}"],
  });
  expect(services.map((service) => (service.kind === "command" ? null : service.health.live))).toEqual(services.map(({ name }) => (name === "api" ? "/api/livez" : "/livez")));
});

test.each(bitcoin)("%s serves made-up prices only where it rehearses", (stack) => {
  const { target, env } = exampleSpec(stack);
  expect(env.FEED_URL?.startsWith("file:")).toBe(target === "local");
});
