import { secretHashes } from "../../../cli/review/secretHashes";
import { readStackFile } from "../../../infra/config/stackFile";

const text = (secure: string, salt = "v1:salt") =>
  `encryptionsalt: ${salt}\nconfig:\n  webstack:target: local\n  webstack:KEY:\n    secure: ${secure}\n  other:KEY: 1\n`;
const hashes = (...given: Parameters<typeof text>) => secretHashes(readStackFile(text(...given), "Pulumi.mine.yaml"));

test("a secret is known by a hash of eight digits", () => {
  expect(hashes("v1:abc")).toEqual({ KEY: expect.stringMatching(/^[0-9a-f]{8}$/) as string });
});

test("a hash changes with the encrypted text and with the stack's salt, and with nothing else", () => {
  expect(hashes("v1:abc")).toEqual(hashes("v1:abc"));
  expect(hashes("v1:abc")).not.toEqual(hashes("v1:abd"));
  expect(hashes("v1:abc")).not.toEqual(hashes("v1:abc", "v1:other"));
});
