import { httpServices } from "../../services";
import { join } from "../schema/type";
import type { ServiceSpec } from "../spec";
import { repeats, rule, type Rule } from "./rule";

/** Units of Debian and of ours that a unit of this name would replace. tests/machines/judges.test.ts holds them against the images. */
// prettier-ignore
const takenUnits = new Set([
  "apparmor", "auditd", "autovt", "capsule", "chrony", "console-getty", "container-getty", "cron", "cryptdisks", "cryptdisks-early",
  "dbus", "debug-shell", "dpkg-db-backup", "droplet-agent", "emergency", "exim4", "fstrim", "getty", "getty-static", "haproxy",
  "hostctl", "hwclock", "ifup", "kmod", "kmod-static-nodes", "ldconfig", "logrotate", "man-db", "mariadb", "mariadb-extra", "modprobe",
  "mysql", "mysqld", "nagios-nrpe-server", "networking", "nftables", "nginx", "nginx-http3", "nginx-local", "nscd", "polkit",
  "postgresql", "procps", "quotaon", "quotaon-root", "rc", "rc-local", "redis", "rescue", "rescue-ssh", "resolvconf", "rpcbind", "rsync",
  "rsyslog", "serial-getty", "ssh", "sshd", "sshd-keygen", "sudo", "syslog", "ufw", "udev", "unattended-upgrades", "user",
  "user-runtime-dir", "valkey", "x11-common",
]);
const takenPrefixes = ["amazon-", "apt-", "cloud-", "dbus-", "e2scrub", "initrd-", "system-", "systemd-", "webstack"];

export const isTakenUnit = (name: string): boolean => takenUnits.has(name) || takenPrefixes.some((prefix) => name.startsWith(prefix));

/** What nginx would choose for a path: the longest prefix. */
function servedBy(path: string, prefixes: readonly string[]): string | undefined {
  return prefixes.filter((prefix) => path.startsWith(prefix)).sort((a, b) => b.length - a.length)[0];
}

/** The services of a cycle through `after`, beginning and ending with the first of them; undefined where there is none. */
function cycle(services: readonly ServiceSpec[]): readonly string[] | undefined {
  const after = new Map(services.map((service) => [service.name, service.after]));
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    done.add(name);
    return (after.get(name) ?? []).map((next) => walk(next, [...path, name])).find((found) => found !== undefined);
  };
  return services.map((service) => walk(service.name, [])).find((found) => found !== undefined);
}

export const serviceRules: readonly Rule[] = [
  rule(["services"], ({ services }) =>
    services.length > 0
      ? []
      : [
          {
            at: "services",
            must: "must name at least one service",
            hint: 'for example services: {"web":{"kind":"wsgi","module":"ocpizza.wsgi:application"}}',
          },
        ],
  ),

  rule(["services"], ({ services }) =>
    repeats(httpServices(services), (s) => s.path).map(([later, first]) => ({
      at: `services.${later.name}.path`,
      must: `must not be the path of services.${first.name} too`,
      got: later.path,
    })),
  ),

  rule(["services"], ({ services }) =>
    repeats(
      httpServices(services).filter((s) => s.port !== 0),
      (s) => s.port,
    ).map(([later, first]) => ({
      at: `services.${later.name}.port`,
      must: `must not be the port of services.${first.name} too`,
      got: later.port,
    })),
  ),

  rule(["services"], ({ services }) =>
    services
      .filter((s) => isTakenUnit(s.name))
      .map((s) => ({
        at: `services.${s.name}`,
        must: `must not have the name of a unit of the system, ${s.name}.service`,
        hint: `name it app-${s.name}`,
      })),
  ),

  rule(["jobs"], ({ jobs }) =>
    jobs
      .filter((job) => isTakenUnit(job.name))
      .map((job) => ({
        at: `jobs.${job.name}`,
        must: `must not have the name of a unit of the system, ${job.name}.service`,
        hint: `name it app-${job.name}`,
      })),
  ),

  // nginx has a file NAME-blue.conf and NAME-green.conf for each service.
  rule(["services"], ({ services }) =>
    services
      .filter((s) => /-(blue|green)$/.test(s.name))
      .map((s) => ({ at: `services.${s.name}`, must: "must not end in -blue or -green, which are the slots of a service" })),
  ),

  rule(["services", "jobs"], ({ services, jobs }) =>
    jobs
      .filter((job) => services.some((s) => s.name === job.name))
      .map((job) => ({
        at: `jobs.${job.name}`,
        must: "must not have the name of a service, since both are units of the host",
        hint: `name it ${job.name}-job`,
      })),
  ),

  rule(["services"], ({ services }) =>
    services.flatMap((s) =>
      s.after.flatMap((name, i) =>
        services.some((other) => other.name === name)
          ? []
          : [
              {
                at: `services.${s.name}.after.${i}`,
                must: `must be the name of a service (${services.map((o) => o.name).join(", ")})`,
                got: name,
              },
            ],
      ),
    ),
  ),

  rule(["services"], ({ services }) => {
    const found = cycle(services);
    return found === undefined
      ? []
      : [{ at: `services.${String(found[0])}.after`, must: `must not lead back to itself: ${found.join(" after ")}` }];
  }),

  rule(["services", "static"], ({ services, static: folders }) =>
    httpServices(services).flatMap((s) => {
      const by = servedBy(s.health.path, [...httpServices(services).map((o) => o.path), ...folders.map((f) => f.url)]);
      return by === s.path
        ? []
        : [
            {
              at: `services.${s.name}.health.path`,
              must: `must lie below ${s.path}, where nginx hands it to this service`,
              got: s.health.path,
            },
          ];
    }),
  ),

  rule(["services", "static"], ({ services, static: folders }) =>
    folders.flatMap(({ url }) =>
      httpServices(services)
        .filter((s) => s.path === url)
        .map((s) => ({ at: join("static", url), must: `must not be the path of services.${s.name} too` })),
    ),
  ),

  rule(["static"], ({ static: folders }) =>
    folders
      .filter(({ url }) => url === "/")
      .map(({ url }) => ({ at: join("static", url), must: 'must not be the whole site, "/"', hint: 'for example "/static/"' })),
  ),

  // Root hands each folder to the app's user while the steps run, and must find nothing of that user's on the way to another.
  rule(["static"], ({ static: folders }) =>
    folders.flatMap(({ url, folder }, i) => {
      const problem = (must: string) => [{ at: join("static", url), must, got: folder }];
      if (folder === ".") return problem("must be a folder of the release, not all of it");
      if (/^(venv|\.webstack[^/]*)(\/|$)/.test(folder))
        return problem("must be a folder that the release's steps fill, not one that the host keeps for itself");
      const outer = folders.find((other, j) => i !== j && (folder.startsWith(`${other.folder}/`) || (folder === other.folder && j < i)));
      return outer === undefined ? [] : problem(`must not lie in ${outer.folder}, the folder of ${join("static", outer.url)}`);
    }),
  ),

  // Their files meet in one tree on the host.
  rule(["static"], ({ static: folders }) =>
    folders.flatMap(({ url }) =>
      folders
        .filter((o) => o.url !== url && o.url !== "/" && url.startsWith(o.url))
        .map((o) => ({ at: join("static", url), must: `must not lie below ${join("static", o.url)}` })),
    ),
  ),

  rule(["release"], ({ release: { steps } }) =>
    repeats(
      steps.map((step, i) => ({ ...step, i })),
      (step) => step.name,
    ).map(([later, first]) => ({
      at: `release.steps.${later.i}.name`,
      must: `must not be the name of release.steps.${first.i} too`,
      got: later.name,
    })),
  ),
];
