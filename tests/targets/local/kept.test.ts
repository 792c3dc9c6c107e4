/** Limit: what stands is played here, and its disk in tests/providers/nspawn/text.test.ts; tests/machines/review.test.ts has machines. */
import { planStack } from "../../../infra/plan";
import { problemLine } from "../../../infra/config/problems";
import { keptProblems } from "../../../infra/targets/local/kept";
import { spec } from "../../config/baseline";

const own = "ssh-ed25519 OWN";
const stands = { range: "10.20.0.0/24", keys: [own] };

/** What is said of a stack of that range and key, whose machines of these names stand. */
const said = (range: string, key: string | undefined, names: readonly string[], found = stands) =>
  keptProblems(planStack(spec({ network: { range } })), key, (name) =>
    names.some((end) => name.endsWith(`-${end}`)) ? found : undefined,
  ).map(problemLine);

test("a range other than that of machines which keep data is refused, with what stands and the ways out", () => {
  expect(said("10.21.0.0/24", own, ["database-0", "backup-0"])).toEqual([
    'network.range: must stay 10.20.0.0/24: the data of backup-0 and database-0 would go with it, got "10.21.0.0/24"; write range: ' +
      "10.20.0.0/24, or give the data up first: npm run down -- test",
  ]);
  // The same addresses, of another mask.
  expect(said("10.20.0.0/25", own, ["database-1"])).toEqual([
    expect.stringMatching(/^network\.range: must stay 10\.20\.0\.0\/24: the data of database-1 would go with it/),
  ]);
});

test("a key that they were not made with is refused before anything is made anew, and one that somebody let in beside it is not", () => {
  expect(said("10.20.0.0/24", "ssh-ed25519 OTHER", ["backup-0"])).toEqual([
    "sshPrivateKey: must be the one that opens backup-0: with another one nobody reaches the data there; npm run secret -- test " +
      "unset sshPrivateKey, and npm run up -- test takes that one from the state; or give the data up first: npm run down -- test",
  ]);
  expect(said("10.20.0.0/24", "ssh-ed25519 OTHER", ["backup-0"], { ...stands, keys: [own, "ssh-ed25519 OTHER"] })).toEqual([]);
});

test("backups that are turned off, and a database that becomes none, are refused while their machines stand, with a way that keeps what they hold", () => {
  const turned = (names: readonly string[], changes: Parameters<typeof spec>[0], ...secrets: readonly string[]) =>
    keptProblems(planStack(spec(changes, ...secrets)), own, (name) =>
      names.some((end) => name.endsWith(`-${end}`)) ? stands : undefined,
    ).map(problemLine);
  const aside = (...names: readonly string[]) =>
    "to let them go, put them aside first, which keeps them: sudo mv " +
    `${names.map((name) => `/var/lib/webstack/machines/webstack-test-${name}`).join(" ")} /var/lib/webstack/`;
  const network = { range: "10.20.0.0/24" };
  expect(turned(["database-0", "backup-0"], { network, backup: { enabled: false } })).toEqual([
    `backup.enabled: must stay true: the data of backup-0 would go with it, got false; ${aside("backup-0")}`,
  ]);
  expect(turned(["database-0", "backup-0"], { network, database: { kind: "none" } })).toEqual([
    `database.kind: must not become none: the data of backup-0 and database-0 would go with it, got "none"; ` +
      `${aside("backup-0", "database-0")}`,
  ]);
  // Where they are not there, and where the database's machine goes once the site serves from somebody else's.
  expect(turned(["database-0"], { network, backup: { enabled: false } })).toEqual([]);
  expect(turned(["database-0", "backup-0"], { network, database: { kind: "external", connections: 40 } }, "DATABASE_URL")).toEqual([]);
});

test("nothing is said of machines as they stand, of web hosts, of a key that nobody knows, and before the first up", () => {
  expect(said("10.20.0.0/24", own, ["database-0", "database-1", "backup-0"])).toEqual([]);
  expect(said("10.21.0.0/24", "ssh-ed25519 OTHER", ["web-0"])).toEqual([]);
  expect(said("10.20.0.0/24", undefined, ["database-0"])).toEqual([]);
  expect(said("10.21.0.0/24", "ssh-ed25519 OTHER", [])).toEqual([]);
});
