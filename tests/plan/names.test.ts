import { physicalName } from "../../infra/plan/names";

test("a short name is its parts", () => {
  expect(physicalName("host", "webstack", "local", "web-0")).toBe("webstack-local-web-0");
});

test("a long name is cut to the limit and keeps apart what only its end told apart", () => {
  const long = "a".repeat(60);
  const first = physicalName("host", long, "web-0");
  const second = physicalName("host", long, "web-1");
  expect(first).toHaveLength(63);
  expect(first).toMatch(/^a{57}-[0-9a-f]{5}$/);
  expect(first).not.toBe(second);
});

test("a name that is cut at a hyphen has one there, not two", () => {
  expect(physicalName("vault", `${"a".repeat(43)}-b`, "database")).toMatch(/^a{43}-[0-9a-f]{5}$/);
  expect(physicalName("vault", `${"a".repeat(42)}--b`, "database")).toMatch(/^a{42}-[0-9a-f]{5}$/);
});
