/** Which host is rendered as what. Limit: names of files and units; tests/goldens has the whole of each. */
import { targetDefaults, type HostNeed } from "../../infra/config/targets";
import { renderHosts } from "../../infra/host";
import type { Manifest } from "../../infra/host/manifest";
import { planStack } from "../../infra/plan";
import { spec, type Raw } from "../config/baseline";

const digest = "00112233aabbccdd";
const planned = (raw: Raw = {}) => planStack(spec({ host: { image: "debian-12" }, ...raw }));
const hasFile = (manifest: Manifest | undefined, path: string) => manifest?.files.some((entry) => entry.path === path);

test("each planned machine has what its role makes of it, and the app runs on those that serve alone", () => {
  const files = renderHosts(
    planStack(planned().spec, [
      { role: "web", size: 2 },
      { role: "database", size: 1 },
      { role: "backup", size: 1 },
    ]),
    digest,
  );
  expect([...files].map(([name, { host, user, release, services }]) => [name, host, user, release?.digest, services.length])).toEqual([
    ["web-0", "web-0", "ocpizza", digest, 1],
    ["web-1", "web-1", "ocpizza", digest, 1],
    ["database-0", "database-0", "", undefined, 0],
    ["backup-0", "backup-0", "webstack-backup", undefined, 0],
  ]);
  expect(
    [...files.values()].map((manifest) => [
      hasFile(manifest, "/etc/nginx/nginx.conf"),
      manifest.units.includes("postgresql@15-main.service"),
      hasFile(manifest, "/etc/ssh/sshd_config.d/webstack-backup.conf"),
    ]),
  ).toEqual([
    [true, false, false],
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ]);
});

test("one host of several makes the backups", () => {
  const files = renderHosts(planStack(planned().spec, [{ role: "web", size: 2 }]), digest);
  expect([...files.values()].map(({ units, packages }) => [units.includes("webstack-backup.timer"), packages.includes("restic")])).toEqual([
    [true, true],
    [false, true],
  ]);
});

test("every machine has a firewall with the plan's openings to its role, itself among nobody's", () => {
  const files = renderHosts(planned(), digest);
  const openings = ["web-0", "database-0", "backup-0"].map((name) =>
    files
      .get(name)
      ?.files.find(({ path }) => path === "/etc/nftables.conf")
      ?.content.match(/(?:ip saddr \{ [^}]* \} )?tcp dport \d+/g),
  );
  expect(openings).toEqual([
    ["tcp dport 80", "ip saddr { 10.20.0.1/32 } tcp dport 22"],
    ["ip saddr { 10.20.0.10/32 } tcp dport 5432", "ip saddr { 10.20.0.1/32 } tcp dport 22"],
    ["ip saddr { 10.20.0.1/32 } tcp dport 22", "ip saddr { 10.20.0.10/32 } tcp dport 22"],
  ]);
});

test("people log in to hosts that serve, and to no other machine", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEexampleEXAMPLEexampleEXAMPLEexample0";
  const files = renderHosts(planned({ access: { sshKeys: [key] } }), digest);
  expect(
    [...files.values()].map(({ files: all }) => all.find(({ path }) => path === "/etc/ssh/authorized_keys.d/deploy")?.content),
  ).toEqual([`${key}\n`, "", ""]);
});

test("a planned machine is rendered once; one that stands with another Debian, or beside it, has what that brings", () => {
  const plan = planned();
  const files = renderHosts(plan, digest);
  const [database] = plan.hosts.filter(({ role }) => role === "database");
  if (database === undefined) throw new Error("the rehearsal has a machine for its database");
  expect(files.of(database)).toBe(files.get("database-0"));
  const beside = files.of({ ...database, name: "database-1", address: "10.20.0.29", debian: "debian-13" });
  expect([beside.host, beside.debian, beside.units.at(-1)]).toEqual(["database-1", "13", "postgresql@17-main.service"]);
  expect(files.size).toBe(3);
});

describe("what a target needs on the hosts that serve", () => {
  const cloud = { target: "aws", site: { domain: "www.example.org" }, access: { sshFrom: ["203.0.113.0/24"], sessions: true } };
  const plan = planned(cloud);
  const with_ = (...needs: readonly HostNeed[]) => renderHosts({ ...plan, needs }, digest).get("web-0");
  const without = with_();

  test.each<[HostNeed, readonly string[], readonly string[]]>([
    ["siteAddress", ["/usr/local/lib/webstack/site-address", "/etc/systemd/system/webstack-address.service"], ["webstack-address.service"]],
    [
      "agents",
      [
        "/usr/local/lib/webstack/agent-install",
        "/etc/systemd/system/webstack-agent.service",
        "/etc/webstack/agent.json",
        "/usr/local/lib/webstack/amazon-ssm-agent.asc",
        "/etc/systemd/system/webstack-sessions.service",
      ],
      ["webstack-agent.service", "webstack-sessions.service"],
    ],
    ["keptLogin", ["/etc/systemd/system/webstack-login.service", "/etc/systemd/system/webstack-login.timer"], ["webstack-login.timer"]],
    [
      "machineRole",
      ["/etc/systemd/system/webstack-backup.service.d/metadata.conf", "/etc/systemd/system/webstack-drill.service.d/metadata.conf"],
      [],
    ],
  ])("%s brings its files and units, and nothing else of the host changes", (need, paths, units) => {
    const manifest = with_(need);
    expect(manifest?.files.map(({ path }) => path)).toEqual([...(without?.files ?? []).map(({ path }) => path), ...paths]);
    expect(manifest?.units).toEqual([...(without?.units ?? []), ...units]);
    expect(manifest?.packages.filter((name) => without?.packages.includes(name) !== true)).toEqual(need === "agents" ? ["gpgv"] : []);
  });

  test("is what the table of targets says", () => {
    expect([plan.needs, planned().needs]).toEqual([targetDefaults.aws.needs, []]);
    expect(renderHosts(plan, digest).get("web-0")?.units).toEqual(with_("siteAddress", "agents", "keptLogin", "machineRole")?.units);
  });

  test("no login is followed to a database that is not there, and no backup logs in where there is none", () => {
    const alone = renderHosts({ ...planned({ ...cloud, database: { kind: "none" } }), needs: ["keptLogin", "machineRole"] }, digest).get(
      "web-0",
    );
    expect(alone?.files.filter(({ path }) => /webstack-login|metadata\.conf/.test(path)).map(({ path }) => path)).toEqual([]);
  });
});
