import { type DebianName, versionId } from "../config/catalog/debian";
import type { HostPlan, StackPlan } from "../plan/plan";
import { addressIn, privateAddress } from "../plan/network";
import { commonChecks, commonFiles } from "./common";
import { firewallFile } from "./firewall";
import { hardeningUnits } from "./hardening";
import { file, type Manifest, type ManifestFile } from "./manifest";
import { backupMachinePackages } from "./packages";
import { render, verbatim } from "./render";

const units = ["webstack-backup", "webstack-drill"] as const;

/** A backup may take this long, and so may a drill. */
const timeoutSeconds = 4 * 3600;

/** The user that owns the repository on the backup machine; SFTP is all it may do there. */
export const backupUser = "webstack-backup";

/** restic's name of the repository on the backup machine; ssh knows the host's address, key and user by that name. */
export const backupMachineRepository = "sftp:webstack-backup:/repository";

/** The database is dumped once, however many hosts serve: by the first. */
export const isKeeper = (plan: StackPlan, host: HostPlan): boolean => plan.spec.backup.enabled && plan.hosts[0]?.name === host.name;

/** Units and timers of the host that makes the backups, and the folders of uploaded media. */
export function backupFiles(plan: StackPlan, host: HostPlan): readonly ManifestFile[] {
  if (!isKeeper(plan, host)) return [];
  const { app, backup } = plan.spec;
  const schedules = { "webstack-backup": backup.schedule, "webstack-drill": backup.drill.schedule };
  const says = { "webstack-backup": "backup of the database and the media", "webstack-drill": "rehearsal of a restore" };
  const verbs = { "webstack-backup": "run-backup", "webstack-drill": "run-drill" };
  const data = "/srv/webstack/shared/data";
  const folders = [`d ${data} 0755 root root -\n`, ...backup.paths.map((path) => `d ${data}/${path} 0750 ${app.name} ${app.name} -\n`)];
  return [
    ...(backup.drill.health ? drillFiles(plan) : []),
    ...(backup.paths.length === 0 ? [] : [file("/etc/tmpfiles.d/webstack-data.conf", `# Uploaded media: in every backup.\n${folders.join("")}`)]),
    ...units.flatMap((unit) => [
      file(
        `/etc/systemd/system/${unit}.service`,
        render("systemd/backup.service", { app: app.name, says: says[unit], verb: verbs[unit], timeoutSeconds, sandbox: verbatim("systemd/sandbox.conf") }),
      ),
      file(`/etc/systemd/system/${unit}.timer`, render("systemd/job.timer", { job: unit, app: app.name, schedule: schedules[unit] }), {
        onChange: [{ verb: "restart", unit: `${unit}.timer` }],
      }),
    ]),
  ];
}

/** A third slot of each service, for a drill: the release that serves, on the restored database. Nothing starts it but hostctl. */
function drillFiles({ spec }: StackPlan): readonly ManifestFile[] {
  const names = spec.services.filter(({ kind }) => kind !== "command").map(({ name }) => name);
  const links = names.map((name) => `L+ /srv/webstack/slots/${name}-drill - - - - ../current\n`);
  return [
    file("/etc/tmpfiles.d/webstack-drill.conf", `# Where the services of a drill run.\n${links.join("")}`),
    ...names.map((name) => file(`/etc/systemd/system/${name}@drill.service.d/webstack.conf`, verbatim("systemd/drill.conf"))),
  ];
}

/** Timers of that host. */
export function backupUnits(plan: StackPlan, host: HostPlan): readonly string[] {
  return isKeeper(plan, host) ? units.map((unit) => `${unit}.timer`) : [];
}

/** How ssh on the web host finds the backup machine: the one key that it may show, no other login than this. */
export function backupLogin(address: string): string {
  return render("ssh/backup.conf", { address, user: backupUser });
}

/** The manifest of a machine that keeps backups: SSH for its operator, SFTP in one folder for the web hosts. */
export function backupMachineManifest(plan: StackPlan, debian: DebianName = plan.spec.host.debian): Manifest {
  const { spec } = plan;
  const operator = `${addressIn(spec.network.range, 1)}/32`;
  return {
    version: 1,
    project: spec.project,
    stack: spec.stack,
    host: "backup-0",
    debian: versionId(debian),
    user: backupUser,
    packages: backupMachinePackages,
    plain: [],
    files: [
      ...commonFiles(spec.stack, [], debian),
      firewallFile(plan, "backup", [
        { to: "backup", protocol: "tcp", port: 22, from: [{ kind: "cidr", cidr: operator }], why: "the rehearsal's operator" },
        { to: "backup", protocol: "tcp", port: 22, from: [{ kind: "role", role: "web" }], why: "backups" },
      ]),
      file("/etc/tmpfiles.d/webstack-backup.conf", render("systemd/backup.tmpfiles", { user: backupUser })),
      file("/etc/ssh/sshd_config.d/webstack-backup.conf", render("ssh/sftp.conf", { user: backupUser }), {
        mode: "0600",
        onChange: [{ verb: "reload", unit: "ssh.service" }],
      }),
    ],
    checks: [...commonChecks, { below: "/etc/nftables.conf", command: ["/usr/sbin/nft", "--check", "--file", "/etc/nftables.conf"] }],
    units: ["nftables.service", ...hardeningUnits],
    services: [],
    release: null,
  };
}

/** Where the backup machine is. */
export const backupAddress = ({ spec }: StackPlan): string => privateAddress(spec.network.range, "backup");
