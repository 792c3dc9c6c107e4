import { plainPath } from "../../infra/config/plainPath";

test.each([
  ["./staticfiles/", "staticfiles"],
  ["a//b/../c", "a/c"],
  [".", "."],
])("%s is %s on a host", (path, plain) => {
  expect(plainPath(path)).toBe(plain);
});
