import { nearest } from "../../../infra/config/schema/nearest";

const known = ["workers", "threads", "path"];

test.each([
  ["worker", "workers"],
  ["thraeds", "threads"],
  ["port", undefined],
  ["pat", "path"],
  ["something", undefined],
])("%s most likely means %s", (word, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

test("nothing is near where nothing is known", () => {
  expect(nearest("worker", [])).toBeUndefined();
});
