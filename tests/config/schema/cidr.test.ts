import fc from "fast-check";
import { gatewayOf, isPrivate, cidrHint, parseCidr } from "../../../infra/config/schema/cidr";

test.each([
  ["0.0.0.0/0", { family: 4, address: 0n, prefix: 0 }],
  ["10.20.0.0/24", { family: 4, address: 0x0a140000n, prefix: 24 }],
  ["203.0.113.7/32", { family: 4, address: 0xcb007107n, prefix: 32 }],
  ["::/0", { family: 6, address: 0n, prefix: 0 }],
  ["2001:db8::/32", { family: 6, address: 0x20010db8n << 96n, prefix: 32 }],
  ["2001:db8::7/128", { family: 6, address: (0x20010db8n << 96n) + 7n, prefix: 128 }],
  ["::ffff:1.2.3.4/128", { family: 6, address: (0xffffn << 32n) + 0x01020304n, prefix: 128 }],
])("reads %s", (text, network) => {
  expect(parseCidr(text)).toEqual(network);
});

// prettier-ignore
test.each([
  "", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.1/8", "10.0.0/24",
  "010.0.0.0/8", "256.0.0.0/8", "::1/64", "::/129", "fe80::%eth0/64", "a/8",
])(
  "refuses %j",
  (text) => {
    expect(parseCidr(text)).toBe(undefined);
  },
);

test("whatever mends a network is one", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
      const mended = cidrHint(`${address}/${prefix}`)?.replace("write ", "");
      expect(parseCidr(mended ?? "")?.prefix).toBe(prefix);
    }),
  );
});

test("an IPv6 address with host bits is read in every way of writing it", () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const url = new URL(`http://[${address}]`).hostname.slice(1, -1);
      expect(parseCidr(`${address}/128`)?.address).toBe(parseCidr(`${url}/128`)?.address);
      expect(parseCidr(`${address}/128`)).not.toBe(undefined);
    }),
  );
});

test.each([
  ["10.0.0.0/8", true],
  ["172.16.0.0/12", true],
  ["172.32.0.0/16", false],
  ["192.168.4.0/24", true],
  ["10.0.0.0/7", false],
  ["11.0.0.0/8", false],
  ["fd00::/8", false],
])("%s is private: %s", (text, expected) => {
  const cidr = parseCidr(text);
  expect(cidr !== undefined && isPrivate(cidr)).toBe(expected);
});

test("10.0.0.0/7 is refused for its host bits being none but its reach being too wide", () => {
  expect(parseCidr("10.0.0.0/7")).toEqual({ family: 4, address: 0x0a000000n, prefix: 7 });
});

test("the box stands at the first address of a network", () => {
  expect(gatewayOf("10.20.255.0/24")).toBe("10.20.255.1/32");
});
