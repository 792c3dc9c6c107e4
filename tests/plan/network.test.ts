import fc from "fast-check";
import { backupAddress } from "../../infra/host/backup";
import { databaseAddress, databaseMachines } from "../../infra/host/database/server";
import { planStack } from "../../infra/plan";
import { addressIn, chosenAddress } from "../../infra/plan/network";
import { spec } from "../config/baseline";

test.each([
  ["10.77.0.0/24", 1, "10.77.0.1"],
  ["10.77.0.0/24", 30, "10.77.0.30"],
  ["10.77.255.0/24", 255, "10.77.255.255"],
  ["172.16.0.0/16", 258, "172.16.1.2"],
  ["192.168.1.16/28", 10, "192.168.1.26"],
])("address %s + %i is %s", (range, offset, address) => {
  expect(addressIn(range, offset)).toBe(address);
});

test("the parts of a stack never share an address, whatever the range", () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 28 }), (bits) => {
      const range = `10.0.0.0/${bits}`;
      const plan = planStack(spec({ target: "local", network: { range } }));
      // Both databases stand beside each other while data move.
      const all = [addressIn(range, 1), ...plan.hosts.map(chosenAddress), ...databaseMachines.map((name) => databaseAddress(plan, name)), backupAddress(plan)];
      expect(new Set(all).size).toBe(5);
      // Neither the network's own address nor its broadcast address.
      expect(all).not.toContain("10.0.0.0");
      expect(all).not.toContain(addressIn(range, 2 ** (32 - bits) - 1));
    }),
  );
});
