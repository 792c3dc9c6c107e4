/** What a host has whose database is somebody else's service. Limit: text; tests/machines/backup.test.ts runs a drill with it. */
import { renderHosts } from "../../../infra/host";
import type { Settings } from "../../../infra/host/settings";
import { planStack } from "../../../infra/plan";
import { spec, type Raw } from "../../config/baseline";

function host(database: Raw, backup = true) {
  const plan = planStack(spec({ database, backup: { enabled: backup } }, ...(database["kind"] === "external" ? ["DATABASE_URL"] : [])));
  const [planned] = plan.hosts;
  if (planned === undefined) throw new Error("a stack has a host");
  return renderHosts(plan, "00112233aabbccdd").of(planned);
}

const settings = (manifest: ReturnType<typeof host>) =>
  JSON.parse(manifest.files.find(({ path }) => path === "/etc/webstack/settings.json")?.content ?? "") as Settings;
const external = { kind: "external", connections: 30 };
const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const paths = (manifest: ReturnType<typeof host>) =>
  manifest.files.map(({ path }) => path).filter((path) => /external|scratch|createcluster/.test(path) && !path.includes("/hostctl/"));

test("has a server of its own for drills, which its package does not start, and Debian's list of who signs", () => {
  const manifest = host(external);
  expect(manifest.packages.filter((name) => /postgres|ca-cert/.test(name))).toEqual([
    "ca-certificates",
    "postgresql-17",
    "postgresql-client-17",
  ]);
  expect(paths(manifest)).toEqual([
    "/etc/postgresql-common/createcluster.conf",
    "/usr/local/lib/webstack/scratch-init",
    "/etc/systemd/system/webstack-scratch.service",
  ]);
  expect(manifest.units).not.toContain("webstack-scratch.service");
  expect(manifest.files.find(({ path }) => path.endsWith("createcluster.conf"))?.content).toMatch(/^create_main_cluster = false$/m);
});

test("has no server where nothing is dumped, and no list where the description says who signs", () => {
  const manifest = host({ ...external, ca }, false);
  expect(manifest.packages.filter((name) => /postgres|ca-cert/.test(name))).toEqual(["postgresql-client-17"]);
  expect(paths(manifest)).toEqual([]);
  expect(settings(manifest).externalDatabase).toEqual({ dumps: false, connections: 30 });
});

test("is told nothing of that where the database is the target's", () => {
  const manifest = host({ kind: "managed" });
  expect([paths(manifest), settings(manifest).externalDatabase]).toEqual([[], null]);
});
