/** Limit: names of packages; that an image has them is known once one is built, see tests/machines/judges.test.ts. */
import { debianNames, debians } from "../../infra/config/catalog/debian";
import { renderHosts } from "../../infra/host";
import { backupImagePackages, databaseImagePackages, webImagePackages } from "../../infra/host/images";
import { planStack } from "../../infra/plan";
import { spec, type Raw } from "../config/baseline";

const packagesOf = (raw: Raw, host = "web-0") => renderHosts(planStack(spec(raw)), "00112233aabbccdd").get(host)?.packages ?? [];

test.each([
  ["postgres", "postgresql-client-15", "mariadb-client"],
  ["mysql", "mariadb-client", "postgresql-client-15"],
])("a host that backs up %s has its client and not the other's", (engine, client, other) => {
  const packages = packagesOf({ host: { image: "debian-12" }, database: { engine } });
  expect(packages).toContain(client);
  expect(packages).not.toContain(other);
});

test("a host without backups has the database's client, by which it looks for waiting sessions, and no restic", () => {
  expect(packagesOf({ host: { image: "debian-12" }, backup: { enabled: false } }).filter((name) => /client|restic/.test(name))).toEqual([
    "postgresql-client-15",
  ]);
});

test.each(debianNames.flatMap((debian) => (["postgres", "mysql"] as const).map((engine) => [debian, engine] as const)))(
  "a machine of %s with %s finds in its image all that a stack with nothing of its own asks for",
  (debian, engine) => {
    const version = debians[debian][engine === "postgres" ? "postgres" : "mariadb"];
    const raw = { host: { image: debian }, database: { engine, version }, site: { domain: "shop.test", tls: "letsencrypt" } };
    const images = {
      "web-0": webImagePackages(engine, debian),
      "database-0": databaseImagePackages(engine, debian),
      "backup-0": backupImagePackages,
    };
    for (const [host, image] of Object.entries(images)) expect([host, packagesOf(raw, host)]).toEqual([host, [...image].sort()]);
  },
);

test("what an app asks for is in no image: the host installs it", () => {
  expect(packagesOf({ host: { packages: ["gettext"] } })).toContain("gettext");
  expect(debianNames.flatMap((debian) => webImagePackages("postgres", debian))).not.toContain("gettext");
});
