import { basename } from "node:path/posix";
import { debianNames, debians, debianTitle, isDebian } from "../catalog/debian";
import type { Description } from "../keys";
import { parseCidr } from "../schema/cidr";
import { plainPath } from "../plainPath";
import type { Problem } from "../problems";
import { hasPools, isOwnImage, sizeOf, targetDefaults } from "../targets";
import { rule, type Rule } from "./rule";

/** Users and groups that Debian, its images for clouds or our packages bring. tests/machines/judges.test.ts holds it against the images. */
// prettier-ignore
const takenUsers = new Set([
  "adm", "admin", "aoc", "audio", "backup", "bin", "cdrom", "crontab", "cwagent", "daemon", "dbus", "debian", "deploy", "dhcpcd",
  "dialout", "dip", "disk", "fax", "floppy", "games", "input", "irc", "kmem", "kvm", "landscape", "list", "lp", "lxd", "mail", "man",
  "messagebus", "mysql", "nagios", "netdev", "news", "nobody", "nogroup", "operator", "plugdev", "polkitd", "postgres", "proxy", "rdma",
  "redis", "render", "root", "sasl", "sgx", "shadow", "src", "ssh", "sshd", "ssl-cert", "ssm-user", "staff", "sudo", "sync", "sys",
  "tape", "tcpdump", "tss", "tty", "users", "utmp", "uucp", "video", "voice", "webstack", "wheel", "www-data",
]);

export const isTakenUser = (name: string): boolean => takenUsers.has(name) || name.startsWith("systemd-");

/**
 * Databases and roles that the engines or the clouds' services keep for themselves, and words that mean something else where they are
 * named: in pg_hba.conf (https://www.postgresql.org/docs/15/auth-pg-hba-conf.html) and in GRANT
 * (https://www.postgresql.org/docs/15/sql-grant.html).
 */
// prettier-ignore
const takenInDatabase = new Set([
  "all", "current_role", "current_user", "defaultdb", "doadmin", "information_schema", "mysql", "none", "performance_schema", "postgres",
  "public", "rdsadmin", "replication", "root", "samegroup", "samerole", "sameuser", "session_user", "sys", "template0", "template1",
]);

/** Nobody sees from outside which release is in an image of one's own, and a complete description has one in any case. */
export function untoldDebian({ target, host: { image, debian } }: Description): readonly Problem[] {
  if (debian !== undefined || !isOwnImage(target, image)) return [];
  return [
    {
      at: "host.debian",
      must: `must say which release is in the image ${image}`,
      hint: debianNames.map((name) => `debian: ${name}`).join(" or "),
    },
  ];
}

export const machineRules: readonly Rule[] = [
  rule(["app"], ({ app }) =>
    isTakenUser(app.name) ? [{ at: "app.name", must: "must not be the name of a user or group of the system", got: app.name }] : [],
  ),

  rule(["host", "target"], ({ host }) =>
    (["memoryMiB", "cpus"] as const).flatMap((key) => {
      const told = sizeOf(host.size)?.[key];
      if (host[key] === 0) return [{ at: `host.${key}`, must: `must be set, since the name of size ${host.size} does not tell it` }];
      return told === undefined || told === host[key]
        ? []
        : [{ at: `host.${key}`, must: `must be ${told}, as in size ${host.size}`, got: host[key], hint: "leave it out" }];
    }),
  ),

  rule(["database", "target"], ({ database }) => {
    if (database.kind !== "managed") return [];
    const told = sizeOf(database.size)?.memoryMiB;
    if (database.memoryMiB === 0)
      return [{ at: "database.memoryMiB", must: `must be set, since the name of size ${database.size} does not tell it` }];
    return told === undefined || told === database.memoryMiB
      ? []
      : [{ at: "database.memoryMiB", must: `must be ${told}, as in size ${database.size}`, got: database.memoryMiB, hint: "leave it out" }];
  }),

  rule(["database", "target", "host"], ({ database, target, host }) => {
    if (database.kind !== "managed") return [];
    const offered = targetDefaults[target].versions(host.debian)[database.engine];
    return offered.includes(database.version)
      ? []
      : [
          {
            at: "database.version",
            must: `must be ${offered.map((v) => `"${v}"`).join(" or ")} for ${database.engine} on ${target}`,
            got: database.version,
          },
        ];
  }),

  rule(["database", "app"], ({ database }) =>
    database.kind !== "managed"
      ? []
      : (["name", "user"] as const)
          .filter((key) => takenInDatabase.has(database[key]))
          .map((key) => ({ at: `database.${key}`, must: "must not be a name that the engine keeps for itself", got: database[key] })),
  ),

  rule(["database", "target"], ({ database, target }) =>
    database.kind === "managed" && database.pool !== "none" && !hasPools(target, database.engine)
      ? [{ at: "database.pool", must: `must be none for ${database.engine} on ${target}, which has no pooler for it`, got: database.pool }]
      : [],
  ),

  rule(["database", "target"], ({ database }) =>
    database.kind === "managed" && database.storageLimitGiB < database.storageGiB
      ? [{ at: "database.storageLimitGiB", must: `must be at least storageGiB, ${database.storageGiB}`, got: database.storageLimitGiB }]
      : [],
  ),

  // A snapshot has its moment already, and a longer name than any database.
  // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
  rule(["database", "app"], ({ database }) =>
    database.kind === "managed" && database.restore !== null && database.restore.at !== "" && !/^[^:]{1,63}$/.test(database.restore.from)
      ? [
          {
            at: "database.restore.from",
            must: 'must be the name of a database, of at most 63 characters without ":", where restore.at is set',
            got: database.restore.from,
            hint: "leave restore.at out to begin with a snapshot",
          },
        ]
      : [],
  ),

  // https://dev.mysql.com/doc/refman/8.0/en/user-names.html
  rule(["database", "app"], ({ database }) =>
    database.kind === "managed" && database.engine === "mysql" && database.user.length > 32
      ? [{ at: "database.user", must: "must have at most 32 characters in mysql", got: database.user }]
      : [],
  ),

  // https://www.postgresql.org/docs/release/9.6.0/
  rule(["database", "app"], ({ database }) =>
    database.kind === "managed" && database.engine === "postgres" && database.user.startsWith("pg_")
      ? [{ at: "database.user", must: "must not begin with pg_, as PostgreSQL's own roles do", got: database.user }]
      : [],
  ),

  rule(["backup", "database"], ({ backup, database }) =>
    backup.enabled && database.kind === "none"
      ? [{ at: "backup.enabled", must: "must be false where database.kind is none", got: true, hint: "leave it out" }]
      : [],
  ),

  // A restore puts each folder in place by itself, so none may hold another, and none may be what they all lie in.
  rule(["backup"], ({ backup }) => {
    const folders = backup.paths.map(plainPath);
    return folders.flatMap((folder, i) => {
      const problem = (must: string, hint: string) => [{ at: `backup.paths.${i}`, must, got: backup.paths[i], hint }];
      if (folder === ".") return problem("must be a folder below /srv/webstack/shared/data, not all of it", 'for example paths: ["media"]');
      if (/^\.(aside|incoming)-/.test(basename(folder)))
        return problem("must not begin with .aside- or .incoming-, as what a restore puts aside does", "name it otherwise");
      const outer = folders.findIndex((other, j) => i !== j && (folder.startsWith(`${other}/`) || (folder === other && j < i)));
      return outer === -1
        ? []
        : problem(
            `must not be in backup.paths.${outer} too, ${backup.paths[outer] ?? ""}, which is kept with all that is in it`,
            "leave one of them out",
          );
    });
  }),

  // https://www.postgresql.org/docs/15/app-pgdump.html#PG-DUMP-NOTES
  rule(["backup", "database", "host"], ({ backup, database, host: { debian } }) => {
    const client = debians[debian].postgres;
    if (!backup.enabled || database.kind !== "managed" || database.engine !== "postgres" || Number(database.version) <= Number(client))
      return [];
    const newer = debianNames.find((name) => Number(debians[name].postgres) >= Number(database.version));
    const must =
      `must be ${client} or older while backup.enabled, since ${debianTitle(debian)} has pg_dump ${client}, which refuses a newer ` +
      "server";
    return [{ at: "database.version", must, got: database.version, ...(newer === undefined ? {} : { hint: `or host.image: ${newer}` }) }];
  }),

  rule(["host"], ({ host: { image, debian } }) =>
    isDebian(image) && image !== debian
      ? [
          {
            at: "host.debian",
            must: `must be ${image}, as host.image is`,
            got: debian,
            hint: `leave it out, or write host.image: ${debian}`,
          },
        ]
      : [],
  ),

  rule(["access", "target"], ({ access, target }) =>
    access.sshFrom.length === 0
      ? [
          {
            at: "access.sshFrom",
            must: `must name at least one network, since ${target} is on the Internet`,
            hint: 'for example sshFrom: ["203.0.113.7/32"]',
          },
        ]
      : [],
  ),

  // Two halves of the Internet are the whole of it: no network of one organisation is as wide.
  rule(["access"], ({ access }) =>
    access.sshFrom.flatMap((range, i) => {
      const cidr = parseCidr(range);
      return cidr === undefined || cidr.prefix >= (cidr.family === 4 ? 8 : 16)
        ? []
        : [
            {
              at: `access.sshFrom.${i}`,
              must: "must not open SSH to the world",
              got: range,
              hint: "name the networks that people work from",
            },
          ];
    }),
  ),
];
