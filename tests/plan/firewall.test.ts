import { planStack } from "../../infra/plan";
import type { FirewallRule } from "../../infra/plan/plan";
import { spec, type Raw } from "../config/baseline";

const inCloud = { site: { domain: "www.example.org" }, access: { sshFrom: ["203.0.113.0/24", "2001:db8::/32"] } };

const line = ({ to, protocol, port, from, why }: FirewallRule): string =>
  `${to} ${protocol} ${port} from ${from.map((source) => (source.kind === "cidr" ? source.cidr : source.role)).join(", ")}: ${why}`;
const rules = (raw: Raw, ...secrets: readonly string[]): readonly string[] => planStack(spec(raw, ...secrets)).firewall.map(line);

test("a rehearsal opens the site to everybody, its machines to each other and to this box, and nothing else", () => {
  expect(rules({})).toEqual([
    "web tcp 80 from 0.0.0.0/0, ::/0: customers",
    "web tcp 22 from 10.20.0.1/32: operators and releases",
    "database tcp 5432 from web: application",
    "database tcp 22 from 10.20.0.1/32: the rehearsal's operator",
    "backup tcp 22 from 10.20.0.1/32: the rehearsal's operator",
    "backup tcp 22 from web: backups",
  ]);
});

test("a cloud opens what its machines and its database's service need, and has no way in to the machines behind services", () => {
  expect(rules({ target: "digitalocean", ...inCloud })).toEqual([
    "web tcp 80 from 0.0.0.0/0, ::/0: customers",
    "web tcp 443 from 0.0.0.0/0, ::/0: customers, encrypted",
    "web tcp 22 from 203.0.113.0/24, 2001:db8::/32: operators and releases",
    "database tcp 25060 from web: application",
  ]);
});

test.each<[string, Raw, string]>([
  [
    "HTTP/3",
    { site: { domain: "www.example.org", tls: "letsencrypt", http3: true }, host: { image: "debian-13" } },
    "web udp 443 from 0.0.0.0/0, ::/0: customers, by HTTP/3",
  ],
  ["NRPE", { monitoring: { nrpe: { allowedHosts: ["192.0.2.9/32"] } } }, "web tcp 5666 from 192.0.2.9/32: checks by NRPE"],
  ["MySQL", { database: { engine: "mysql" } }, "database tcp 3306 from web: application"],
])("%s has its opening, and a stack without it has none", (_, raw, opening) => {
  expect(rules(raw)).toContain(opening);
  expect(rules({})).not.toContain(opening);
});

test("a stack without a database opens none, and without backups no machine of theirs", () => {
  expect(rules({ database: { kind: "none" } }).filter((rule) => !rule.startsWith("web "))).toEqual([]);
});

test("the machine that was the database stays open to the hosts, which serve from it until they have moved; in a cloud its service sees to that", () => {
  const external = { kind: "external", connections: 40 };
  expect(rules({ database: external }, "DATABASE_URL").filter((rule) => rule.startsWith("database "))).toEqual([
    "database tcp 5432 from web: the database before this one",
  ]);
  expect(rules({ target: "aws", ...inCloud, database: external }, "DATABASE_URL").filter((rule) => rule.startsWith("database "))).toEqual(
    [],
  );
});
