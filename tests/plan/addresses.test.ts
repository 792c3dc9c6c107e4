import fc from "fast-check";
import { planStack } from "../../infra/plan";
import { addressIn, addressOf, addressProblems, chosenAddress, gatewayIn, roomFor } from "../../infra/plan/addresses";
import type { Role } from "../../infra/plan/plan";
import { spec } from "../config/baseline";

const roles: readonly Role[] = ["web", "database", "backup"];

test.each([
  ["10.77.0.0/24", 1, "10.77.0.1"],
  ["10.77.0.0/24", 30, "10.77.0.30"],
  ["10.77.255.0/24", 255, "10.77.255.255"],
  ["172.16.0.0/16", 258, "172.16.1.2"],
  ["192.168.1.16/28", 10, "192.168.1.26"],
])("address %s + %i is %s", (range, offset, address) => {
  expect(addressIn(range, offset)).toBe(address);
});

// Machines that run keep these; another address is another machine.
test.each([
  ["10.20.0.0/16", "10.20.0.10", "10.20.0.30", "10.20.0.29", "10.20.0.40"],
  ["10.20.0.0/24", "10.20.0.10", "10.20.0.30", "10.20.0.29", "10.20.0.40"],
  ["10.20.0.64/26", "10.20.0.74", "10.20.0.94", "10.20.0.93", "10.20.0.104"],
  ["10.20.0.32/27", "10.20.0.42", "10.20.0.62", "10.20.0.61", "10.20.0.40"],
  ["10.20.0.16/28", "10.20.0.26", "10.20.0.30", "10.20.0.29", "10.20.0.24"],
])("in %s the machines of stacks that exist stay where they are", (range, web, database, second, backup) => {
  expect([
    addressOf(range, "web", 0),
    addressOf(range, "database", 0),
    addressOf(range, "database", 1),
    addressOf(range, "backup", 0),
  ]).toEqual([web, database, second, backup]);
});

test.each([
  ["/28", 3, 2, 1],
  ["/27", 19, 2, 1],
  ["/26", 19, 2, 1],
  ["/25", 82, 2, 1],
  ["/24", 210, 2, 1],
  ["/16", 65490, 2, 1],
])("a range of %s has room for %i web machines", (bits, ...room) => {
  expect(roles.map((role) => roomFor(`10.0.0.0${bits}`, role))).toEqual(room);
});

test("no two machines that have room share an address, nor one with the gateway, the network or everybody, whatever the range", () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 28 }), (bits) => {
      const range = `10.0.0.0/${bits}`;
      const machines = roles.flatMap((role) =>
        Array.from({ length: Math.min(300, roomFor(range, role)) }, (_, index) => addressOf(range, role, index)),
      );
      const all = [...machines, gatewayIn(range).replace("/32", ""), "10.0.0.0", addressIn(range, 2 ** (32 - bits) - 1)];
      expect(new Set(all).size).toBe(all.length);
      // The last one of a block is inside of the range, too.
      const last = roles.map((role) => addressOf(range, role, roomFor(range, role) - 1) ?? "");
      expect(last.filter((address) => numberOf(address) >= numberOf("10.0.0.0") + 2 ** (32 - bits) - 1)).toEqual([]);
      expect(roles.map((role) => addressOf(range, role, roomFor(range, role)))).toEqual([undefined, undefined, undefined]);
    }),
  );
});

const numberOf = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

test("more machines than a range has room for are a problem of the description, and one that just fits is none", () => {
  const of = (range: string, size: number) =>
    addressProblems(
      planStack(spec({ network: { range } }), [
        { role: "web", size },
        { role: "database", size: 1 },
      ]),
    );
  expect([of("10.20.0.0/28", 3), of("10.20.0.0/24", 210)]).toEqual([[], []]);
  expect(of("10.20.0.0/28", 4)).toEqual([
    {
      at: "network.range",
      must: "must have room for 4 web machines, and this one has it for 3",
      got: "10.20.0.0/28",
      hint: "take a larger range, such as one of /24",
    },
  ]);
  expect(of("10.20.0.0/24", 211)).toHaveLength(1);
});

test("where the target chooses addresses there is room, and nothing may claim to know one", () => {
  const plan = planStack(spec({ target: "digitalocean", site: { domain: "www.example.org" }, access: { sshFrom: ["203.0.113.0/24"] } }), [
    { role: "web", size: 300 },
  ]);
  expect(addressProblems(plan)).toEqual([]);
  expect(plan.hosts.map(({ address }) => address)).toEqual(plan.hosts.map(() => null));
  expect(() => plan.hosts.map(chosenAddress)).toThrow("web-0: its private address is the target's choice");
});
