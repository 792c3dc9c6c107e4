import { cacheFolder } from "../../infra/release/cache";

const before = process.env.XDG_CACHE_HOME;

afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
});

test("what can be made again lies in the user's cache", () => {
  process.env.XDG_CACHE_HOME = "/var/cache/me";
  expect(cacheFolder("wheels")).toBe("/var/cache/me/webstack/wheels");
});
