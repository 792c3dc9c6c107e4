import { readStackFile } from "../../../cli/review/stackFile";

const text = (secure: string, salt = "v1:salt") => `encryptionsalt: ${salt}\nconfig:\n  webstack:target: local\n  webstack:KEY:\n    secure: ${secure}\n  other:KEY: 1\n`;

test("settings are values, secrets are hashes of eight digits", () => {
  const { raw, hashes } = readStackFile(text("v1:abc"));
  expect(raw).toEqual({ target: "local" });
  expect(hashes).toEqual({ KEY: expect.stringMatching(/^[0-9a-f]{8}$/) as string });
});

test("a hash changes with the encrypted text and with the stack's salt, and with nothing else", () => {
  const of = (...given: Parameters<typeof text>) => readStackFile(text(...given)).hashes["KEY"];
  expect(of("v1:abc")).toBe(of("v1:abc"));
  expect(of("v1:abc")).not.toBe(of("v1:abd"));
  expect(of("v1:abc")).not.toBe(of("v1:abc", "v1:other"));
});

test("an empty file has neither", () => {
  expect(readStackFile("")).toEqual({ raw: {}, hashes: {} });
});
