import { folderOf } from "../../cli/backend";
import { parseConfig } from "../../cli/stack";

test("the required secrets are those the stack file names, and those of the stack itself", () => {
  const config = parseConfig(
    JSON.stringify({
      "webstack:target": { value: "local", secret: false },
      "webstack:secrets": { value: '["A","B"]', objectValue: ["A", "B"], secret: false },
      "webstack:A": { secret: true },
    }),
  );
  expect(config.target).toBe("local");
  expect(config.required).toEqual(["A", "B", "sshPrivateKey", "backupPassword"]);
  expect([...config.set]).toEqual(["target", "secrets", "A"]);
});

test("a stack that names no secrets still needs its SSH key, and a password for its backups where it makes any", () => {
  expect(parseConfig("{}").required).toEqual(["sshPrivateKey", "backupPassword"]);
  const required = (section: string, value: object) =>
    parseConfig(JSON.stringify({ [`webstack:${section}`]: { value: JSON.stringify(value), objectValue: value } })).required;
  expect(required("backup", { enabled: false })).toEqual(["sshPrivateKey"]);
  expect(required("database", { kind: "none" })).toEqual(["sshPrivateKey"]);
});

test.each([
  ["file:///var/state", "/var/state"],
  ["file://~", "~"],
  ["s3://bucket?region=eu-west-3", null],
  ["https://api.pulumi.com", null],
  ["pul-0123", null],
  ["", null],
])("of the backend %j the folder on this box is %j", (backend, folder) => {
  expect(folderOf(backend)).toBe(folder);
});
