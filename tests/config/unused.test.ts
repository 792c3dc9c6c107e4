import { unusedKeys } from "../../infra/config/unused";

test("a key that the target can do nothing with is refused with the reason, and one without a value says nothing", () => {
  const raw = { site: { zone: "example.org", caa: null }, host: { size: "t3.small" } };
  expect(unusedKeys(raw, "local")).toEqual([
    { at: "site.zone", must: "must be left out when target is local, which makes no records", got: "example.org" },
    {
      at: "host.size",
      must: "must be left out when target is local, whose machines have any size",
      got: "t3.small",
      hint: "set host.memoryMiB and host.cpus",
    },
  ]);
  expect(unusedKeys(raw, "aws")).toEqual([]);
});
