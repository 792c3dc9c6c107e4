import { execFileSync } from "node:child_process";
import { quote } from "../../infra/config/quote";

test.each(["plain-word_1.0", "", "two words", "it's", '$HOME `id` \\ "', "a\nb", "*"])("a shell reads %j back as it was", (word) => {
  expect(execFileSync("sh", ["-c", `printf %s ${quote(word)}`]).toString()).toBe(word);
});

test("a word that a shell takes as it is stands without quotes", () => {
  expect([quote("shop@1.0:/a,b"), quote("it's")]).toEqual(["shop@1.0:/a,b", "'it'\\''s'"]);
});
