import { backupHost, parseState, refusal } from "../../cli/protection";

const urn = (name: string) => `urn:pulumi:prod::webstack::digitalocean:index/x:X::${name}`;
const state = (resources: readonly object[]) => parseState(JSON.stringify({ version: 3, deployment: { resources } }));

test("a protected stack is refused with the two commands that would allow it", () => {
  const resources = state([{ urn: urn("web-0") }, { urn: urn("database"), protect: true }, { urn: urn("address"), protect: true }]);
  expect(refusal("prod", resources)).toBe(
    "stack prod is protected, and nothing of it was deleted: address, database\n" +
      "To allow it, and then run this once more, which makes a last backup first:\n" +
      "  npm run pulumi -- prod config set protect nothing\n" +
      "  npm run up -- prod",
  );
});

test("a stack without protection is not refused, nor is one that was never up", () => {
  expect(refusal("prod", state([{ urn: urn("web-0"), protect: false }]))).toBeUndefined();
  expect(refusal("prod", parseState('{"version":3,"deployment":null}'))).toBeUndefined();
});

test("the last backup is made by the host that makes backups", () => {
  expect(backupHost(state([{ urn: urn("web-0") }, { urn: urn("web-0-backup-repository") }]))).toBe("web-0");
  expect(backupHost(state([{ urn: urn("web-0") }]))).toBeUndefined();
});
