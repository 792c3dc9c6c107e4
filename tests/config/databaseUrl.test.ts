import { checkedDatabaseUrl, databaseUrlProblems } from "../../infra/config/databaseUrl";
import { problemLine } from "../../infra/config/problems";
import { spec } from "./baseline";

const of = (target: "local" | "digitalocean" | "aws", outbound: readonly number[] = []) => ({
  target,
  stack: "e",
  network: { ...spec().network, outbound },
});
const lines = (address: string, stack = of("local")) => databaseUrlProblems(address, stack).map(problemLine);

test.each([
  ["postgres://app:s3cret-marker@db.example.net:6543/prices?sslmode=require"],
  ["postgresql://app:s3cret%2Fmarker@db.example.net/prices?sslmode=verify-full&channel_binding=require"],
  ["postgresql://app:s3cret-marker@[2001:db8::7]:5432/prices"],
])("%s may be the address", (address) => {
  expect(lines(address)).toEqual([]);
});

const form =
  "DATABASE_URL: must be postgresql://USER:PASSWORD@HOST:PORT/NAME, with what is no letter or digit in USER and PASSWORD written " +
  "as %XX; run npm run secret -- e set DATABASE_URL";

test.each([
  ["mysql://app:s3cret-marker@db.example.net/prices"],
  ["postgresql://app@db.example.net/prices"],
  ["postgresql://app:s3cret-marker@db.example.net"],
  ["postgresql://app:s3cret-marker@one.example.net:5432,two.example.net:5432/prices"],
  ["postgresql://app:s3cret marker@db.example.net/prices"],
  ["s3cret-marker"],
])("%s is refused, and nothing of it is shown", (address) => {
  expect(lines(address)).toEqual([form]);
});

test.each([["sslmode=disable"], ["sslmode=prefer"], ["sslrootcert=/tmp/mine.pem"], ["options=-c%20search_path%3Dx"]])(
  "%s is refused with what may be there",
  (parameter) => {
    expect(lines(`postgresql://app:s3cret-marker@db.example.net/prices?${parameter}`)).toEqual([
      "DATABASE_URL: must have no other parameters than sslmode=require or verify-ca or verify-full, channel_binding=prefer or " +
        "require, since the connection is encrypted and its certificate checked whatever they say, by database.ca; run npm run " +
        "secret -- e set DATABASE_URL",
    ]);
  },
);

test("a target that closes ports is told which one is opened for it", () => {
  const address = "postgresql://app:s3cret-marker@db.example.net:25060/prices";
  expect(lines(address)).toEqual([]);
  expect(lines(address, of("digitalocean", [587]))).toEqual([
    "network.outbound: must have 25060, the port of DATABASE_URL, since digitalocean closes the others, got [587]; write outbound: " +
      "[587,25060]",
  ]);
  expect(lines(address, of("aws", [25060]))).toEqual([]);
  expect(lines("postgresql://app:s3cret-marker@db.example.net/prices", of("aws"))).toEqual([
    "network.outbound: must have 5432, the port of DATABASE_URL, since aws closes the others, got []; write outbound: [5432]",
  ]);
});

test("the host uses it over TLS with the certificate and its name checked, whatever it said", () => {
  expect(checkedDatabaseUrl("postgres://app:p%2Fw@db.example.net:6543/prices?sslmode=require&channel_binding=require", "/etc/ca.pem")).toBe(
    "postgresql://app:p%2Fw@db.example.net:6543/prices?channel_binding=require&sslmode=verify-full&sslrootcert=/etc/ca.pem",
  );
  expect(checkedDatabaseUrl("postgresql://app:pw@db.example.net/prices", "/etc/ca.pem")).toBe(
    "postgresql://app:pw@db.example.net/prices?sslmode=verify-full&sslrootcert=/etc/ca.pem",
  );
});
