import { planHost, planHosts, hostsOf, servingHost } from "../../infra/plan/hosts";
import { spec } from "../config/baseline";

test("each machine of each group has a name, a zone, an address and a Debian, in the order of the groups", () => {
  const of = spec({ host: { image: "debian-13" }, database: { version: "15" } });
  expect(
    planHosts(of, [
      { role: "web", size: 3 },
      { role: "database", size: 1 },
      { role: "backup", size: 1 },
    ]),
  ).toEqual([
    { name: "web-0", role: "web", zone: 0, address: "10.20.0.10", debian: "debian-13" },
    { name: "web-1", role: "web", zone: 1, address: "10.20.0.11", debian: "debian-13" },
    { name: "web-2", role: "web", zone: 0, address: "10.20.0.12", debian: "debian-13" },
    // PostgreSQL 15 is that of Debian 12.
    { name: "database-0", role: "database", zone: 0, address: "10.20.0.30", debian: "debian-12" },
    { name: "backup-0", role: "backup", zone: 0, address: "10.20.0.40", debian: "debian-13" },
  ]);
});

test("the twentieth web machine is none of the databases' addresses", () => {
  const hosts = planHosts(spec(), [
    { role: "web", size: 30 },
    { role: "database", size: 2 },
  ]);
  expect(hosts.slice(18, 21).map(({ name, address }) => `${name} ${String(address)}`)).toEqual([
    "web-18 10.20.0.28",
    "web-19 10.20.0.64",
    "web-20 10.20.0.65",
  ]);
  expect(new Set(hosts.map(({ address }) => address)).size).toBe(32);
});

test("a machine without room has no address, so that nothing is made of it", () => {
  expect(planHosts(spec({ network: { range: "10.20.0.0/28" } }), [{ role: "web", size: 4 }]).map(({ address }) => address)).toEqual([
    "10.20.0.10",
    "10.20.0.11",
    "10.20.0.12",
    null,
  ]);
});

test("a machine that stands keeps the Debian that it has", () => {
  expect(planHost(spec(), "backup", 0, "debian-13")).toEqual({
    name: "backup-0",
    role: "backup",
    zone: 0,
    address: "10.20.0.40",
    debian: "debian-13",
  });
});

test("a target that brings up one host that serves says so of two", () => {
  const hosts = planHosts(spec(), [
    { role: "web", size: 2 },
    { role: "database", size: 1 },
  ]);
  expect(hostsOf({ hosts }, "web").map(({ name }) => name)).toEqual(["web-0", "web-1"]);
  expect(servingHost({ hosts: [...hosts.slice(0, 1), ...hosts.slice(2)] }).name).toBe("web-0");
  expect(() => servingHost({ hosts })).toThrow("one host serves the site on this target, and the plan has 2");
  expect(() => servingHost({ hosts: hostsOf({ hosts }, "database") })).toThrow(
    "one host serves the site on this target, and the plan has 0",
  );
});
