import { planStack } from "../../infra/plan";
import { databasePort } from "../../infra/plan/endpoints";
import { spec, type Raw } from "../config/baseline";

const inCloud = { site: { domain: "www.example.org" }, access: { sshFrom: ["203.0.113.0/24"] } };
const plan = (raw: Raw, ...secrets: readonly string[]) => planStack(spec(raw, ...secrets));
const ca = "/etc/webstack/database-ca.pem";

test.each<[string, Raw, object | null, object | null]>([
  ["local", {}, { name: "10.20.0.30", port: 5432, ca }, { name: "10.20.0.40", port: 22, ca: null }],
  [
    "local with MySQL",
    { database: { engine: "mysql" } },
    { name: "10.20.0.30", port: 3306, ca },
    { name: "10.20.0.40", port: 22, ca: null },
  ],
  ["local without", { database: { kind: "none" } }, null, null],
  ["digitalocean", { target: "digitalocean", ...inCloud }, { name: null, port: 25060, ca }, { name: null, port: 443, ca: null }],
  [
    "aws",
    { target: "aws", ...inCloud, database: { engine: "mysql" } },
    { name: null, port: 3306, ca },
    { name: null, port: 443, ca: null },
  ],
])("%s: what database and backups are reached by", (_, raw, database, backups) => {
  expect(plan(raw).endpoints).toEqual({ database, backups });
});

test.each([
  ["Debian's list", {}, "/etc/ssl/certs/ca-certificates.crt"],
  ["the description", { ca: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" }, ca],
])("somebody else's database is where a secret says, and %s says who signs its certificate", (_, more, path) => {
  expect(plan({ database: { kind: "external", connections: 40, ...more } }, "DATABASE_URL").endpoints.database).toEqual({
    name: null,
    port: null,
    ca: path,
  });
});

test("a port that the plan does not know is an error, and never a guess", () => {
  expect(databasePort(plan({}))).toBe(5432);
  expect(() => databasePort(plan({ database: { kind: "none" } }))).toThrow("the plan knows no port of the database");
  expect(() => databasePort(plan({ database: { kind: "external", connections: 40 } }, "DATABASE_URL"))).toThrow(
    "the plan knows no port of the database",
  );
});
