import { parseConfig } from "../../cli/stack";

test("the required secrets are those the stack file names, and the SSH key", () => {
  const config = parseConfig(
    JSON.stringify({
      "webstack:target": { value: "local", secret: false },
      "webstack:secrets": { value: '["A","B"]', objectValue: ["A", "B"], secret: false },
      "webstack:A": { secret: true },
    }),
  );
  expect(config.target).toBe("local");
  expect(config.required).toEqual(["A", "B", "sshPrivateKey"]);
  expect([...config.set]).toEqual(["target", "secrets", "A"]);
});

test("a stack that names no secrets still needs its SSH key", () => {
  expect(parseConfig("{}").required).toEqual(["sshPrivateKey"]);
});
