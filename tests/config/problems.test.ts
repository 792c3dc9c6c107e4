import { ConfigError, problemLine } from "../../infra/config/problems";

test("a line says where, what must hold, what was found and how to mend it", () => {
  expect(problemLine({ at: "services.web.workers", must: "must be a whole number from 1 to 64", got: "three", hint: "write 3" })).toBe(
    'services.web.workers: must be a whole number from 1 to 64, got "three"; write 3',
  );
  expect(problemLine({ at: "backupPassword", must: "must be set" })).toBe("backupPassword: must be set");
});

test("a value that would drown the message is cut after 100 characters", () => {
  expect(problemLine({ at: "env.A", must: "must be text", got: "x".repeat(200) })).toBe(`env.A: must be text, got "${"x".repeat(99)}...`);
});

test("an error has all problems of its file in the order of their paths, and says how many", () => {
  const problems = [
    { at: "b", must: "must go" },
    { at: "a", must: "must stay" },
  ];
  expect(new ConfigError("Pulumi.prod.yaml", problems).message).toBe("Pulumi.prod.yaml: 2 problems\n  a: must stay\n  b: must go");
  expect(new ConfigError("Pulumi.prod.yaml", problems.slice(1)).message).toBe("Pulumi.prod.yaml: 1 problem\n  a: must stay");
});
