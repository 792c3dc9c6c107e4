/** Limit: reads source as text; what a message says at last is the tests' of its own file. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

test("a command that the program or its provider tells people to type has the stack's name, not a word in its place", () => {
  // The table of keys is the reference of every stack.
  const files = ["infra", "providers"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((file) => join(folder, String(file)))
      .filter((file) => file.endsWith(".ts") && !file.endsWith("config/keys.ts")),
  );
  const open = files.filter((file) => /npm run \w+ -- STACK\b/.test(readFileSync(join(root, file), "utf8")));
  expect([files.length > 50, open]).toEqual([true, []]);
});
