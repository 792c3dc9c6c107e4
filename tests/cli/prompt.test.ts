/** What is read of somebody's typing. Limit: a terminal's own doing, such as its echo. */
import { PassThrough } from "node:stream";
import { readHidden, typedLines } from "../../cli/prompt";

test.each([
  ["a value that is typed", ["to", "ken\r"], ["token"]],
  ["nothing", ["\r"], [""]],
  [
    "a key that was pasted",
    ["-----BEGIN KEY-----\nabc\n", "def\n-----END KEY-----\n"],
    ["-----BEGIN KEY-----", "abc", "def", "-----END KEY-----"],
  ],
  ["a paste whose last line has no end", ['{\n"a": 1\n}'], ["{", '"a": 1', "}"]],
  ["a word given up with Ctrl-C", ["tok\u0003"], []],
  ["Ctrl-D", ["\u0004"], []],
])("%s", async (_, pieces, lines) => {
  const input = new PassThrough();
  const read = typedLines(input);
  for (const piece of pieces) input.write(piece);
  expect(await read).toEqual(lines);
  expect(input.listenerCount("data")).toBeLessThanOrEqual(1);
});

test("several lines are refused with the command that takes a file, and one is the value", async () => {
  const stdin = Object.getOwnPropertyDescriptor(process, "stdin");
  const shown = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const typing = (text: string) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    Object.defineProperty(process, "stdin", { value: input, configurable: true });
    const read = readHidden("KEY", "shop");
    input.write(text);
    return read;
  };
  try {
    expect(await typing("value\r")).toBe("value");
    await expect(typing("{\n}\n")).rejects.toThrow("KEY: has several lines; npm run secret -- shop set KEY < FILE");
    expect(shown.mock.calls.map(([text]) => text)).toEqual(["KEY: ", "\n", "KEY: ", "\n"]);
  } finally {
    shown.mockRestore();
    if (stdin !== undefined) Object.defineProperty(process, "stdin", stdin);
  }
});
