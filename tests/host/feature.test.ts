import { joined } from "../../infra/host/feature";
import { file } from "../../infra/host/manifest";

test("shares stand in the order of their features, packages by name and once each", () => {
  const [one, other] = [file("/etc/one", ""), file("/etc/other", "")];
  const check = { below: "/etc/", command: ["true"] };
  expect(
    joined([
      { packages: ["nginx", "openssl"], files: [other], units: ["b.service"] },
      {},
      { packages: ["openssl", "aide"], files: [one], checks: [check], units: ["a.timer"] },
    ]),
  ).toEqual({
    packages: ["aide", "nginx", "openssl"],
    files: [other, one],
    checks: [check],
    units: ["b.service", "a.timer"],
  });
});

test("a host without features has nothing", () => {
  expect(joined([])).toEqual({ packages: [], files: [], checks: [], units: [] });
});
