import { chooseStack } from "../../cli/whichStack";

const made = (...up: readonly string[]) => ["local", "mysite", "prod"].map((name) => ({ name, up: up.includes(name) }));
const stacks = (...up: readonly string[]) => ({ described: ["local", "mysite", "prod", "new-one"], made: made(...up) });

test.each([
  ["the first word, when it is one", ["mysite", "web-0"], stacks("local"), { stack: "mysite", rest: ["web-0"] }],
  ["one that was never made", ["new-one", "--yes"], stacks("local"), { stack: "new-one", rest: ["--yes"] }],
  [
    "the only one that is up, which is said",
    [],
    stacks("mysite"),
    { stack: "mysite", rest: [], says: "stack mysite, the only one that is up" },
  ],
  [
    "the only one that is up, before words of the verb's own",
    ["web-0", "uptime"],
    stacks("mysite"),
    { stack: "mysite", rest: ["web-0", "uptime"], says: "stack mysite, the only one that is up" },
  ],
  ["local, where none is up", ["--diff"], stacks(), { stack: "local", rest: ["--diff"] }],
])("%s", (_, words, known, chosen) => {
  expect(chooseStack(words, known, "words")).toEqual(chosen);
});

test("a preset one goes before what is up, and behind the first word", () => {
  expect(chooseStack(["web-0"], stacks("local", "mysite"), "words", "prod")).toEqual({ stack: "prod", rest: ["web-0"] });
  expect(chooseStack(["mysite"], stacks("local"), "words", "prod").stack).toBe("mysite");
  expect(chooseStack([], stacks("local"), "words", "").stack).toBe("local");
});

test("of several that are up one must be named", () => {
  expect(() => chooseStack(["web", "-f"], stacks("mysite", "local"), "words")).toThrow(
    /^several stacks are up: local, mysite; name the one that you mean first: npm run \S+ -- local web -f$/,
  );
});

test("an unknown name is refused with those there are, also where one is up", () => {
  expect(() => chooseStack(["mysit"], stacks("local"), "options")).toThrow(
    'there is no stack "mysit"; there are: local, mysite, new-one, prod; did you mean mysite?',
  );
  expect(() => chooseStack(["shop"], stacks(), "options")).toThrow(
    'there is no stack "shop"; there are: local, mysite, new-one, prod; make one: npm run new -- --name shop',
  );
  expect(() => chooseStack(["shop"], { described: [], made: [] }, "options")).toThrow(
    'there is no stack "shop"; there are none; make one: npm run new -- --name shop',
  );
});

test("a word that looks like a stack is one mistyped, unless a single one is up, which has words of its own", () => {
  for (const known of [stacks(), stacks("local", "prod")]) {
    expect(() => chooseStack(["mysit", "uptime"], known, "words")).toThrow(
      'there is no stack "mysit"; there are: local, mysite, new-one, prod; did you mean mysite?',
    );
  }
  expect(chooseStack(["mysit"], stacks("local"), "words").stack).toBe("local");
  expect(chooseStack(["mysit"], stacks(), "words", "prod").stack).toBe("prod");
  for (const word of ["web-0", "ls"]) expect(chooseStack([word], { described: ["aws", "local"], made: [] }, "words").stack).toBe("local");
});

test("a stack behind options is refused with the words in their order", () => {
  expect(() => chooseStack(["--yes", "mysite", "--diff"], stacks("local"), "options")).toThrow(
    /^mysite is a stack; name the stack first: npm run \S+ -- mysite --yes --diff$/,
  );
  expect(chooseStack(["local", "--message", "mysite"], stacks(), "options")).toEqual({ stack: "local", rest: ["--message", "mysite"] });
  expect(chooseStack(["--message", "mysite"], stacks(), "options", "prod").stack).toBe("prod");
});
