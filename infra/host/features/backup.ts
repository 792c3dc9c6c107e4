import { hostsOf } from "../../plan/hosts";
import type { HostPlan, StackPlan } from "../../plan/plan";
import { httpServices } from "../../services";
import type { Feature } from "../feature";
import { file, type ManifestFile } from "../manifest";
import { render, verbatim } from "../render";

/** Units that make a backup, and rehearse a restore. */
export const backupUnits = ["webstack-backup", "webstack-drill"] as const;

/** A backup may take this long, and so may a drill. */
const timeoutSeconds = 4 * 3600;

/** The database is dumped once, however many hosts serve: by the first. */
export const isKeeper = (plan: StackPlan, host: HostPlan): boolean =>
  plan.spec.backup.enabled && hostsOf(plan, "web")[0]?.name === host.name;

/** The program that makes backups, reads them and looks after their repository. */
export const backupProgram = "restic";

/** Backups and drills: every host has the program, and one of them makes the backups. */
export const backup: Feature = (plan, host) => {
  if (!plan.spec.backup.enabled) return {};
  const packages = [backupProgram];
  return isKeeper(plan, host) ? { packages, files: keeperFiles(plan), units: backupUnits.map((unit) => `${unit}.timer`) } : { packages };
};

/** Units and timers of the host that makes the backups, and the folders of uploaded media. */
function keeperFiles(plan: StackPlan): readonly ManifestFile[] {
  const { app, backup } = plan.spec;
  const schedules = { "webstack-backup": backup.schedule, "webstack-drill": backup.drill.schedule };
  const says = { "webstack-backup": "backup of the database and the media", "webstack-drill": "rehearsal of a restore" };
  const verbs = { "webstack-backup": "run-backup", "webstack-drill": "run-drill" };
  const data = "/srv/webstack/shared/data";
  const folders = [`d ${data} 0755 root root -\n`, ...backup.paths.map((path) => `d ${data}/${path} 0750 ${app.name} ${app.name} -\n`)];
  return [
    ...(backup.drill.health ? drillFiles(plan) : []),
    ...(backup.paths.length === 0
      ? []
      : [file("/etc/tmpfiles.d/webstack-data.conf", `# Uploaded media: in every backup.\n${folders.join("")}`)]),
    ...backupUnits.flatMap((unit) => [
      file(
        `/etc/systemd/system/${unit}.service`,
        render("systemd/backup.service", {
          app: app.name,
          says: says[unit],
          verb: verbs[unit],
          timeoutSeconds,
          sandbox: verbatim("systemd/sandbox.conf"),
        }),
      ),
      file(`/etc/systemd/system/${unit}.timer`, render("systemd/job.timer", { job: unit, app: app.name, schedule: schedules[unit] }), {
        onChange: [{ verb: "restart", unit: `${unit}.timer` }],
      }),
    ]),
  ];
}

/** A third slot of each service, for a drill: the release that serves, on the restored database. Nothing starts it but hostctl. */
function drillFiles({ spec }: StackPlan): readonly ManifestFile[] {
  const names = httpServices(spec.services).map(({ name }) => name);
  const links = names.map((name) => `L+ /srv/webstack/slots/${name}-drill - - - - ../current\n`);
  return [
    file("/etc/tmpfiles.d/webstack-drill.conf", `# Where the services of a drill run.\n${links.join("")}`),
    ...names.map((name) => file(`/etc/systemd/system/${name}@drill.service.d/webstack.conf`, verbatim("systemd/drill.conf"))),
  ];
}
