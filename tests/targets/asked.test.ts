/** Questions of the program that are refused. Limit: mocks; tests/machines/digitalocean.test.ts has the engine print one. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { asked, refusal, Refused } from "../../infra/targets/asked";

test("what was refused is one line: what was asked, the provider's reason without what wraps it, the mend", () => {
  const reason =
    "Invocation of digitalocean:index/getImages:getImages returned an error: invocation of digitalocean:index/getImages:getImages " +
    'returned an error: 1 error occurred:\n\t* GET https://api.digitalocean.com/v2/images: 401 (request "x") Unable to ' +
    "authenticate you\n\n";
  expect(refusal("the images of the account", "look at the token", reason)).toBe(
    'the images of the account: could not be asked for: GET https://api.digitalocean.com/v2/images: 401 (request "x") Unable to ' +
      "authenticate you; look at the token",
  );
});

test("the engine prints it without a call stack; an answer comes through as it is", async () => {
  await expect(asked("the zone", "look", Promise.resolve(7))).resolves.toBe(7);
  const error: unknown = await asked("the zone", "look", Promise.reject(new Error("no"))).catch((refused: unknown) => refused);
  expect([error instanceof Refused, pulumi.RunError.isInstance(error), (error as Error).message]).toEqual([
    true,
    true,
    "the zone: could not be asked for: no; look",
  ]);
});

test("no question of a target to its cloud goes without that", () => {
  const targets = resolve(__dirname, "../../infra/targets");
  const files = readdirSync(targets, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".ts"));
  const questions = files.flatMap((file) =>
    [...readFileSync(join(targets, file), "utf8").matchAll(/\bget[A-Z]\w*(?:Output)?\(\{|invoke\(/g)].map(({ index, input, 0: call }) => ({
      file,
      call,
      before: input.slice(0, index).trimEnd().split("\n").slice(-3).join("\n"),
    })),
  );
  expect(questions.length).toBeGreaterThan(6);
  expect(questions.filter(({ before }) => !/ofAccount\([^;]*$|const read = [^;]*$/.test(before))).toEqual([]);
  expect(readFileSync(join(targets, "formerOutputs.ts"), "utf8")).toMatch(/await asked\([\s\S]*?retry\(10, read\),?\s*\)/);
});
